// docs/triggers.md, made from the scenarios and the main rules file: which trigger is shown by which
// scenario, with what outcome, codes and rules, and every rule in words. Nothing in it is written by
// hand, so it cannot say what does not happen.

import { OUTCOMES } from '../../domain/decision.ts';
import type { Plan, RulePlan } from '../../domain/plan.ts';
import type { DocumentedTrigger } from './documented-triggers.ts';
import { DOCUMENTED_TRIGGERS } from './documented-triggers.ts';
import type { Scenario, WrittenRecord } from './scenario-file.ts';
import { reasonText } from './written-decision.ts';

/** One outcome of a scenario for one reason. */
export interface ShownCase {
  readonly outcome: string;
  /** `hold: CODE, DE39 ..`, without the rule. */
  readonly text: string;
  readonly codes: string;
  /** null for SCORE and the engine's own reasons. */
  readonly rule: string | null;
}

/** Every different pair of outcome and reason that a scenario expects. */
export function shownCases(scenario: Scenario): readonly ShownCase[] {
  const cases = new Map<string, ShownCase>();
  for (const record of scenario.expect) {
    const outcome = OUTCOMES.find((name) => name in record) ?? '';
    for (const reason of reasonsOf(record)) {
      const [codes = '', rule] = reason.split(/, rule /);
      const text = `${outcome}: ${codes}`;
      cases.set(`${text} ${rule ?? ''}`, { outcome, text, codes, rule: rule ?? null });
    }
  }
  return [...cases.values()];
}

function reasonsOf(record: WrittenRecord): readonly string[] {
  const reasons = record['reasons'];
  return Array.isArray(reasons) ? (reasons as string[]) : [];
}

const HEAD = `# Triggers

<!-- Made by scripts/write-scenarios.mjs from fixtures/scenarios and fixtures/rules. -->

What merchants, wallets and acquirers document as reasons to hold, reverse or refund a payment. Each
is watched for by rules of [\`pos-wallet.yaml\`](../fixtures/rules/pos-wallet.yaml), a few lines of YAML
each: change a threshold, an outcome or a reason there. Each is shown by scenarios, transactions in and
decisions out ([form](../fixtures/scenarios/README.md)), which run as tests; what is close to it and must
not be stopped is shown too, as _allow_.

## Trigger by trigger

`;

const RULES_HEAD = `
## Rule by rule

The generator (\`holdfast generate\`) injects many of them and labels the rows, so that \`npm start\` can
say how many were found; a label's \`kind\` is the rule's \`trigger\`.

`;

const TAIL = `
A composite hold needs a hundred points together (\`score:\` in the main file); rules of other triggers
may add points too.

## What is injected besides

- \`skimmed-unknown-then\`: the two payments that later reveal a skimmed terminal. Nobody could have
  known; what follows at that terminal is \`terminal-compromised\`.
- \`under-the-radar\`: fraud that stays under every line on purpose. No rule finds it.
- Honest rows that look suspicious (label \`genuine\`): \`traveller\`, \`big-ticket\`, \`shared-account\`,
  \`round-of-drinks\`, \`product-recall\`, \`wedding-ring\`. Stopping one is a false alarm.
`;

/** Markdown; its tables are not aligned yet. */
export function triggersDoc(scenarios: readonly Scenario[], plan: Plan): string {
  const cases = DOCUMENTED_TRIGGERS.flatMap((trigger) => triggerRows(trigger, scenarios, plan));
  const rules = DOCUMENTED_TRIGGERS.flatMap((trigger) => ruleRows(trigger, plan));
  return [
    HEAD,
    table(['#', 'trigger', 'scenario', 'outcome', 'codes', 'rule'], cases),
    RULES_HEAD,
    table(['#', 'rule', 'when', 'outcome', 'reason'], rules),
    TAIL,
  ].join('');
}

function triggerRows(
  trigger: DocumentedTrigger,
  scenarios: readonly Scenario[],
  plan: Plan,
): string[][] {
  const own = new Set(plan.rules.filter((rule) => isOf(rule, trigger)).map(({ id }) => id));
  const rows = scenarios
    .filter(({ triggers }) => triggers.includes(trigger.number))
    .flatMap((scenario) => {
      const link = `[${cell(scenario.title)}](../fixtures/scenarios/${scenario.file})`;
      if (scenario.isNearMiss) return [[link, '_allow_', '', '']];
      return shownCases(scenario)
        .filter(({ rule }) => rule === null || own.has(rule))
        .map(({ outcome, codes, rule }) => [
          link,
          outcome,
          codes,
          rule === null ? '' : `\`${rule}\``,
        ]);
    });
  return rows.map((row, i) =>
    i === 0 ? [String(trigger.number), trigger.title, ...row] : ['', '', ...row],
  );
}

function ruleRows(trigger: DocumentedTrigger, plan: Plan): string[][] {
  const rules = plan.rules.filter((rule) => isOf(rule, trigger));
  return rules.map(({ id, description, mode, outcome, score, reason, at }, i) => {
    const spec = plan.reasons[reason];
    return [
      i === 0 ? String(trigger.number) : '',
      `[\`${id}\`](../fixtures/rules/${at.file.split(/[\\/]/).at(-1) ?? ''})`,
      cell(description ?? ''),
      mode === 'score' ? `${score?.text ?? '0'} points` : outcome,
      spec === undefined ? 'SCORE' : codesOf(spec),
    ];
  });
}

function codesOf(spec: Plan['reasons'][number]): string {
  const { code, responseCode, reversalReason, isoReason } = spec;
  return reasonText({
    code,
    ...(responseCode === null ? {} : { responseCode }),
    ...(reversalReason === null ? {} : { reversalReason }),
    ...(isoReason === null ? {} : { isoReason }),
  });
}

function isOf(rule: RulePlan, trigger: DocumentedTrigger): boolean {
  return rule.trigger !== null && trigger.names.includes(rule.trigger);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('_', '\\_');
}
