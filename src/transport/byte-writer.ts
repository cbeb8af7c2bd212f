// How bytes leave: through the thread pool to a file or device, or through the event loop to a pipe.

import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { closeDescriptor, writeDescriptor } from './descriptor.ts';
import { systemCode } from './io-error.ts';

export interface ByteWriter {
  /** Resolves when all bytes are handed on; rejects with the system's error. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** How long to wait when a terminal that does not block is full. */
const FULL_TERMINAL_WAIT_MS = 5;

/** A regular file, a device or a terminal. */
export class FileWriter implements ByteWriter {
  readonly fd: number;

  /** @param fd closed by close(), except 0 to 2 */
  constructor(fd: number) {
    this.fd = fd;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      try {
        at += await writeDescriptor(this.fd, bytes, at, bytes.length - at);
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN') throw error;
        await delay(FULL_TERMINAL_WAIT_MS);
      }
    }
  }

  async close(): Promise<void> {
    if (this.fd > 2) await closeDescriptor(this.fd);
  }
}

/** A pipe or socket: a reader that is slow or gone must not hold a thread. */
export class PipeWriter implements ByteWriter {
  readonly #socket: Socket;
  #error: Error | null = null;

  /** Owns the file descriptor from now on. */
  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: false, writable: true });
    // Errors reach write() through its callback; one between two writes is kept for the next.
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#error !== null) {
        reject(this.#error);
        return;
      }
      this.#socket.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) {
        resolve();
        return;
      }
      this.#socket.once('close', () => resolve());
      this.#socket.end(() => this.#socket.destroy());
    });
  }
}
