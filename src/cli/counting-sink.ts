// A sink that counts the lines that go through it: how many alerts a run gave.

import type { Sink } from '../domain/ports.ts';

const NEWLINE = 0x0a;

export class CountingSink implements Sink {
  lineCount = 0;
  readonly name: string;
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.name = sink.name;
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      this.lineCount++;
    }
    await this.#sink.write(bytes);
  }

  async finish(): Promise<void> {
    await this.#sink.finish();
  }

  async abandon(): Promise<void> {
    await this.#sink.abandon();
  }
}
