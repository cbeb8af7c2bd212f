// SIGINT and SIGTERM: the first asks the run to stop after its batch, the second ends the process.

import type { Terminal } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';

const CODES: readonly (readonly [NodeJS.Signals, ExitCode])[] = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
];

export interface Interrupt {
  readonly signal: AbortSignal;
  /** What to end with once the run has stopped. */
  exitCode(): ExitCode;
  /** Gives both signals their usual meaning back. */
  dispose(): void;
}

export function listenForInterrupt(terminal: Terminal, isQuiet: boolean): Interrupt {
  const controller = new AbortController();
  let code: ExitCode = EXIT.interrupted;
  const handlers = CODES.map(([name, exitCode]) => {
    const handler = (): void => {
      if (controller.signal.aborted) process.exit(exitCode);
      code = exitCode;
      if (!isQuiet) terminal.err('\nFinishing the batch; once more ends at once.\n');
      controller.abort();
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
