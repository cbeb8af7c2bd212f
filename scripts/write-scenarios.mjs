// Writes the decisions that the engine makes now into the scenarios (fixtures/scenarios), and the table
// of triggers (docs/triggers.md) from them. Read what changed before you keep it:
//   npm run build && node scripts/write-scenarios.mjs [part of a name] && git diff fixtures docs

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { ScenarioRunner } from '../dist/tools/scenarios/run-scenario.js';
import { readScenario } from '../dist/tools/scenarios/scenario-file.js';
import { withExpectation } from '../dist/tools/scenarios/scenario-text.js';
import { triggersDoc } from '../dist/tools/scenarios/triggers-doc.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'fixtures', 'scenarios');
const mainRules = join(root, 'fixtures', 'rules', 'pos-wallet.yaml');
const part = process.argv[2] ?? '';
const runner = new ScenarioRunner();

async function writeFormatted(path, text) {
  const before = readFileSync(path, 'utf8');
  const after = await format(text, { ...(await resolveConfig(path)), filepath: path });
  if (after === before) return false;
  writeFileSync(path, after);
  console.log(path);
  return true;
}

const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
for (const name of names.filter((text) => text.includes(part))) {
  const path = join(folder, name);
  const { whole, rowByRow } = runner.run(readScenario(path));
  if (JSON.stringify(whole) !== JSON.stringify(rowByRow)) {
    console.error(`${name}: one row a batch says something else`);
    process.exitCode = 1;
  }
  await writeFormatted(path, withExpectation(readFileSync(path, 'utf8'), whole));
}

const scenarios = names.map((name) => readScenario(join(folder, name)));
await writeFormatted(
  join(root, 'docs', 'triggers.md'),
  triggersDoc(scenarios, runner.plan(mainRules)),
);
