// Runs the built program as a user does: arguments in, exit code and both outputs back. It is what the
// sources are: every run of the tests builds first (test/support/build.ts).

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const PROGRAM: string = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
}

export function startProgram(args: readonly string[], cwd: string): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, done };
}

/** @param input what its standard input gets before it ends */
export async function runProgram(
  args: readonly string[],
  cwd: string,
  input: string | Uint8Array = '',
): Promise<Outcome> {
  const { child, done } = startProgram(args, cwd);
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return done;
}
