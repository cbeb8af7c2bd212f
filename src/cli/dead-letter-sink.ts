// Dead letters of a run that was not told where to put them: a file beside the decisions, made when
// the first letter comes. And the standard error, where the decisions go to no file.

import type { Sink } from '../domain/ports.ts';
import type { Terminal } from './command.ts';
import { openSink } from '../transport/open-sink.ts';

/** Opens `path` at the first write; never opened, it leaves no file. */
export class LazySink implements Sink {
  readonly name: string;
  readonly #onOpen: () => void;
  #sink: Sink | null = null;

  constructor(path: string, onOpen: () => void) {
    this.name = path;
    this.#onOpen = onOpen;
  }

  get isOpened(): boolean {
    return this.#sink !== null;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#sink === null) {
      this.#sink = await openSink(this.name);
      this.#onOpen();
    }
    await this.#sink.write(bytes);
  }

  async finish(): Promise<void> {
    await this.#sink?.finish();
  }

  async abandon(): Promise<void> {
    await this.#sink?.abandon();
  }
}

/** Lines on the standard error, above a progress line that is being rewritten. */
export class TerminalSink implements Sink {
  readonly name = 'stderr';
  readonly #terminal: Terminal;
  readonly #clearLine: () => void;

  constructor(terminal: Terminal, clearLine: () => void) {
    this.#terminal = terminal;
    this.#clearLine = clearLine;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#clearLine();
    this.#terminal.err(Buffer.from(bytes).toString('utf8'));
  }

  async finish(): Promise<void> {}

  async abandon(): Promise<void> {}
}
