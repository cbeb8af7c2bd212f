// How right a decisions file (NDJSON) is, against a labels file: precision and recall by kind, and each
// rule alone beside all of them together.
//   npm run build && node scripts/measure-accuracy.mjs DECISIONS LABELS [RULES [TRANSACTIONS]]
// With RULES, rules are held against the labels of their trigger, and false alarms are counted there.
// With TRANSACTIONS (NDJSON), the money stopped rightly and wrongly is told in the currency of RULES.
// The files are read in turn, not held in memory; docs/accuracy.md says what the columns mean.

import { fullTables } from '../dist/load/accuracy-text.js';
import { measureAccuracy } from '../dist/load/accuracy.js';
import { formatProblem, loadRulesFile } from '../dist/rules/front/load.js';

const [decisionsPath, labelsPath, rulesPath, transactionsPath] = process.argv.slice(2);
if (labelsPath === undefined) {
  console.error('usage: measure-accuracy.mjs DECISIONS LABELS [RULES [TRANSACTIONS]]');
  process.exit(2);
}
const loaded = rulesPath === undefined ? null : await loadRulesFile(rulesPath);
if (loaded?.ok === false) {
  for (const problem of loaded.problems) console.error(formatProblem(problem));
  process.exit(1);
}
const plan = loaded?.plan ?? null;
const rules = plan?.rules ?? [];
const triggers = new Map(rules.flatMap(({ id, trigger }) => (trigger ? [[id, trigger]] : [])));
const currency = plan?.currency ?? null;
const accuracy = await measureAccuracy({
  decisionsPath,
  labelsPath,
  triggers,
  money:
    transactionsPath === undefined || currency === null
      ? null
      : { transactionsPath, currency, rates: plan.rates },
});
console.log(fullTables(accuracy, currency ?? ''));
