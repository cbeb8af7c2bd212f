// `holdfast check`: every problem of a rules file at once, or what was compiled and how its own
// tests went.

import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { runFileTests } from '../engine/rule-tests.ts';
import { stateProblems } from '../state/describe-state.ts';
import { loadPlan } from './load-plan.ts';
import { planText } from './plan-text.ts';

export async function checkCommand(
  parsed: ParsedArguments,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const [path = ''] = parsed.positionals;
  const loaded = await loadPlan(path, terminal);
  if (loaded === null) return EXIT.rulesRejected;
  const { plan } = loaded;
  const tooLarge = stateProblems(plan);
  if (tooLarge.length > 0) {
    for (const problem of tooLarge) terminal.err(`${path}: ${problem}\n`);
    return EXIT.rulesRejected;
  }
  const results = (await runFileTests(plan)).map(({ problems }) => problems);
  for (const problem of results.flat()) terminal.err(`${problem}\n`);
  const failed = results.filter((problems) => problems.length > 0).length;
  if (!parsed.flag('quiet')) {
    const passed = results.length - failed;
    terminal.out(`${planText(plan)}\ntests in the file: ${passed} passed, ${failed} failed\n`);
  }
  return failed > 0 ? EXIT.rulesRejected : EXIT.ok;
}
