// Precision and recall of a decisions file (NDJSON) against a labels file:
//   npm run build && node scripts/measure-accuracy.mjs DECISIONS LABELS [RULES]
// With RULES, false alarms are counted under the trigger of the rule that fired.

import { measureAccuracy } from '../dist/load/accuracy.js';
import { loadRulesFile } from '../dist/rules/front/load.js';

const [decisionsPath, labelsPath, rulesPath] = process.argv.slice(2);
if (labelsPath === undefined) {
  console.error('usage: measure-accuracy.mjs DECISIONS LABELS [RULES]');
  process.exit(2);
}
const loaded = rulesPath === undefined ? null : await loadRulesFile(rulesPath);
const rules = loaded?.plan?.rules ?? [];
const triggers = new Map(rules.flatMap(({ id, trigger }) => (trigger ? [[id, trigger]] : [])));
const { overall, kinds, decided, stopped } = await measureAccuracy({
  decisionsPath,
  labelsPath,
  triggers,
});
console.log(`${decided} decided, ${stopped} stopped`);
console.table(
  [...kinds, overall].map(({ precision, recall, ...counts }) => ({
    ...counts,
    precision: Number(precision.toFixed(3)),
    recall: Number(recall.toFixed(3)),
  })),
);
