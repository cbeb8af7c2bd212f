// Reads a rules file for a command: its problems go to the standard error, all of them at once.

import { statSync } from 'node:fs';
import type { Plan } from '../domain/plan.ts';
import type { Terminal } from './command.ts';
import type { RulesProblem } from '../rules/front/problem.ts';
import { HoldfastError } from '../base/errors.ts';
import { formatProblem } from '../rules/front/problem.ts';
import { ioError } from '../transport/io-error.ts';
import { counted } from './format-text.ts';

interface LoadedRules {
  readonly plan: Plan | null;
  readonly errors: readonly RulesProblem[];
  readonly warnings: readonly RulesProblem[];
}

/** @returns null when the file is rejected; throws IO_FAILED when there is no such file to read */
export async function loadPlan(path: string, terminal: Terminal): Promise<Plan | null> {
  requireReadable(path);
  const specifier = '../rules/front/load-rules.js';
  const { loadRulesFile } = (await import(specifier)) as {
    readonly loadRulesFile: (path: string) => LoadedRules;
  };
  const { plan, errors, warnings } = loadRulesFile(path);
  for (const problem of [...warnings, ...errors]) terminal.err(`${formatProblem(problem)}\n`);
  if (plan === null) terminal.err(`${counted(errors.length, 'error')} in ${path}\n`);
  return plan;
}

function requireReadable(path: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (cause) {
    throw ioError('read', path, cause);
  }
  if (isDirectory) {
    const message = `Cannot read "${path}": it is a directory, a rules file was expected.`;
    throw new HoldfastError('IO_FAILED', message, { path });
  }
}
