// `holdfast check`: every problem of a rules file at once, or what was compiled and how its own
// tests went.

import type { Plan } from '../domain/plan.ts';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { runFileTests } from './file-tests.ts';
import { counted } from './format-text.ts';
import { loadPlan } from './load-plan.ts';

export async function checkCommand(
  parsed: ParsedArguments,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const [path = ''] = parsed.positionals;
  const plan = await loadPlan(path, terminal);
  if (plan === null) return EXIT.rulesRejected;
  const failures = await runFileTests(plan);
  for (const failure of failures ?? []) terminal.err(`${failure}\n`);
  if (!parsed.flag('quiet')) terminal.out(planText(plan) + testsText(plan, failures));
  return failures !== null && failures.length > 0 ? EXIT.rulesRejected : EXIT.ok;
}

function testsText(plan: Plan, failures: readonly string[] | null): string {
  const count = plan.tests.length;
  if (failures === null) return `${counted(count, 'test')} in the file, not run\n`;
  return `tests in the file: ${count - failures.length} passed, ${failures.length} failed\n`;
}

/** Rules by mode, features that they share, and what entities keep. */
export function planText(plan: Plan): string {
  const byMode = (['live', 'shadow', 'score'] as const)
    .map((mode) => [mode, plan.rules.filter((rule) => rule.mode === mode).length] as const)
    .filter(([, count]) => count > 0)
    .map(([mode, count]) => `${count} ${mode}`);
  const lines = [
    `${plan.ruleset}${plan.version === null ? '' : ` version ${plan.version}`}, hash ${plan.hash}`,
    `${counted(plan.rules.length, 'rule')} (${byMode.join(', ')}), ` +
      `${counted(plan.exempt.length, 'exemption')}, ${counted(plan.lists.length, 'list')}, ` +
      counted(plan.registers.length, 'register'),
    `${counted(plan.features.length, 'shared feature')} of ${counted(plan.entities.length, 'entity kind')}:`,
  ];
  plan.entities.forEach((entity, index) => {
    const features = plan.features.filter((feature) => feature.entity === index);
    lines.push(`  ${entity.name}: ${counted(features.length, 'feature')}`);
    for (const feature of features) lines.push(`    ${feature.key}`);
  });
  return `${lines.join('\n')}\n`;
}
