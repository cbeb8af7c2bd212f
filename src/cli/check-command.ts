// `holdfast check`: every problem of a rules file at once, or what was compiled and how its own
// tests went.

import type { Plan } from '../domain/plan.ts';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { runFileTests } from '../engine/rule-tests.ts';
import { counted } from './format-text.ts';
import { loadPlan } from './load-plan.ts';

export async function checkCommand(
  parsed: ParsedArguments,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const [path = ''] = parsed.positionals;
  const plan = await loadPlan(path, terminal);
  if (plan === null) return EXIT.rulesRejected;
  const results = (await runFileTests(plan)).map(({ problems }) => problems);
  for (const problem of results.flat()) terminal.err(`${problem}\n`);
  const failed = results.filter((problems) => problems.length > 0).length;
  if (!parsed.flag('quiet')) {
    const passed = results.length - failed;
    terminal.out(`${planText(plan)}tests in the file: ${passed} passed, ${failed} failed\n`);
  }
  return failed > 0 ? EXIT.rulesRejected : EXIT.ok;
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
