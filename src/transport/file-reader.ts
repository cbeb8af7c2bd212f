// Bytes of a regular file or a device, read by the thread pool straight into the caller's memory
// (shared memory too). Never more than one read is under way. A device counts as ready: /dev/zero
// never waits. Pipes, sockets and terminals are pipe-reader.ts: a read of theirs may wait for ever,
// and a thread that waits in the system cannot be ended.

import type { ByteReader } from './byte-reader.ts';
import { closeDescriptor, readDescriptor } from './descriptor.ts';
import { ioError } from './io-error.ts';

export class FileReader implements ByteReader {
  readonly name: string;
  readonly bytesTotal: number | null;
  readonly isReady = true;
  readonly #fd: number;
  #underWay: Promise<number> | null = null;
  #isClosed = false;

  /**
   * @param fd closed by close(), except 0, the standard input
   * @param bytesTotal size of a regular file, null for a device
   */
  constructor(name: string, fd: number, bytesTotal: number | null) {
    this.name = name;
    this.bytesTotal = bytesTotal;
    this.#fd = fd;
  }

  async read(into: Uint8Array, offset: number, lengthMax: number): Promise<number> {
    if (this.#isClosed) return 0;
    this.#underWay = readDescriptor(this.#fd, into, offset, lengthMax);
    try {
      return await this.#underWay;
    } catch (cause) {
      throw ioError('read', this.name, cause);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The number must not be given to another file while a read on it is under way.
    await this.#underWay?.catch(() => 0);
    if (this.#fd !== 0) await closeDescriptor(this.#fd);
  }
}
