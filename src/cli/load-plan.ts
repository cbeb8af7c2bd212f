// Reads a rules file for a command: its problems go to the standard error, all of them at once.

import { statSync } from 'node:fs';
import type { Plan } from '../domain/plan.ts';
import type { Terminal } from './command.ts';
import { HoldfastError } from '../base/errors.ts';
import { formatProblem, loadRulesFile } from '../rules/front/load.ts';
import { ioError } from '../transport/io-error.ts';
import { counted } from './format-text.ts';

export interface PlanAndFiles {
  readonly plan: Plan;
  /** Paths of all that was read for it. */
  readonly files: readonly string[];
}

/** @returns null when the file is rejected; throws IO_FAILED when there is no such file to read, USAGE of - */
export async function loadPlan(path: string, terminal: Terminal): Promise<PlanAndFiles | null> {
  requireFile(path);
  const loaded = await loadRulesFile(path);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  for (const problem of problems) {
    terminal.err(`${loaded.ok ? 'warning: ' : ''}${formatProblem(problem)}\n`);
  }
  if (loaded.ok) return { plan: loaded.plan, files: loaded.files };
  terminal.err(`${counted(problems.length, 'error')} in ${path}\n`);
  return null;
}

function requireFile(path: string): void {
  if (path === '-') {
    const message =
      'Rules cannot come by "-", as transactions can: name a file. ' +
      '/dev/stdin is the standard input, ./- a file of that name.';
    throw new HoldfastError('USAGE', message, { path });
  }
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
