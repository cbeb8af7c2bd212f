// Writes the generated world's registers, lists and rates, and the small example stream, under
// fixtures/. Run it after a change of src/load/world*.ts:
//   npm run build && node scripts/write-fixtures.mjs

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { smallStream, worldFiles } from '../dist/load/world-files.js';
import { makeWorld } from '../dist/load/world.js';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const world = makeWorld();
for (const { path, text } of [...worldFiles(world), ...smallStream(world)]) {
  mkdirSync(dirname(join(fixtures, path)), { recursive: true });
  writeFileSync(join(fixtures, path), text);
  console.log(`fixtures/${path}: ${Buffer.byteLength(text)} bytes`);
}
