// The fourteen rules with their lists and registers as files, for what takes a path.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fourteenText } from './plans.mjs';

/** @param {import('./world.mjs').World} world */
export function makeRulesFolder(world) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const rules = join(folder, 'fourteen.yaml');
  writeFileSync(rules, fourteenText());
  for (const [name, text] of world.files()) writeFileSync(join(folder, name), text);
  return { rules, remove: () => rmSync(folder, { recursive: true }) };
}
