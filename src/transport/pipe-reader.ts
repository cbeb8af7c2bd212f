// Bytes of a pipe, socket or terminal, as they arrive. The event loop waits for them, not a thread,
// so that close() ends a read at once. One copy more than a file: the system's bytes come in chunks
// of 64 KiB that Node allocates. Back-pressure: at most BUFFERED_BYTES_MAX wait here, then in the
// pipe, then in whoever writes.

import { Socket } from 'node:net';
import { ReadStream } from 'node:tty';
import type { ByteReader } from './byte-reader.ts';
import { ioError } from './io-error.ts';

const BUFFERED_BYTES_MAX = 1 << 20;

export class PipeReader implements ByteReader {
  readonly name: string;
  readonly bytesTotal = null;
  readonly #stream: Socket;
  #chunk: Uint8Array | null = null;
  #chunkAt = 0;
  #isAtEnd = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  /** Owns the file descriptor from now on. */
  constructor(name: string, fd: number, isTerminal: boolean) {
    this.name = name;
    this.#stream = isTerminal
      ? new ReadStream(fd)
      : new Socket({
          fd,
          readable: true,
          writable: false,
          readableHighWaterMark: BUFFERED_BYTES_MAX,
        } as ConstructorParameters<typeof Socket>[0]);
    const wake = (): void => this.#wake?.();
    this.#stream.on('readable', wake);
    const end = (): void => {
      this.#isAtEnd = true;
      wake();
    };
    this.#stream.on('end', end);
    this.#stream.on('close', end);
    this.#stream.on('error', (error) => {
      this.#error = error;
      end();
    });
  }

  get isReady(): boolean {
    return this.#chunk !== null || this.#stream.readableLength > 0 || this.#isAtEnd;
  }

  async read(into: Uint8Array, offset: number, lengthMax: number): Promise<number> {
    for (;;) {
      this.#chunk ??= this.#stream.read() as Uint8Array | null;
      const chunk = this.#chunk;
      if (chunk !== null) {
        const count = Math.min(lengthMax, chunk.length - this.#chunkAt);
        into.set(chunk.subarray(this.#chunkAt, this.#chunkAt + count), offset);
        this.#chunkAt += count;
        if (this.#chunkAt === chunk.length) {
          this.#chunk = null;
          this.#chunkAt = 0;
        }
        return count;
      }
      if (this.#error !== null) throw ioError('read', this.name, this.#error);
      if (this.#isAtEnd) return 0;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  async close(): Promise<void> {
    this.#chunk = null;
    this.#isAtEnd = true;
    this.#stream.destroy();
    this.#wake?.();
  }
}
