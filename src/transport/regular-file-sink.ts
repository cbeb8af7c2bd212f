// A regular file as an output: written as FILE.partial, which takes FILE's name when it is complete and
// on the disk.
//
// Two runs may be told the same FILE. Each makes a .partial of its own, and the later one takes the
// name from the earlier one, whose file is then nowhere to be found. So before anything is renamed, or
// said to be kept, the file under the name is compared with the one that is open: what another run
// writes is never taken for this one's. Deliberately absent: a lock, which a run that was killed would
// leave behind.

import { constants, fstatSync, lstatSync, renameSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sink } from '../domain/ports.ts';
import { assert } from '../base/assert.ts';
import { HoldfastError } from '../base/errors.ts';
import { FileWriter } from './byte-writer.ts';
import { closeDescriptor, openDescriptor, syncDescriptor } from './descriptor.ts';
import { ioError, systemCode } from './io-error.ts';
import { PARTIAL_SUFFIX } from './partial.ts';

/** @param path as it was named; @param target where links lead. Rejects with IO_FAILED. */
export async function openRegular(path: string, target: string): Promise<Sink> {
  const partial = target + PARTIAL_SUFFIX;
  try {
    await removeEarlier(partial);
    // A new file: a run that still writes to an earlier one must not write into this.
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const fd = await openDescriptor(partial, flags, 0o666);
    return new RegularFileSink(path, target, new FileWriter(fd));
  } catch (cause) {
    const name = path + PARTIAL_SUFFIX;
    if (systemCode(cause) !== 'EEXIST') throw ioError('create', name, cause);
    const message = `Cannot create "${name}": another run to the same output made it at this moment.`;
    throw new HoldfastError('IO_FAILED', message, { path: name, cause, retryable: true });
  }
}

async function removeEarlier(partial: string): Promise<void> {
  try {
    await unlink(partial);
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause;
  }
}

class RegularFileSink implements Sink {
  readonly name: string;
  readonly #target: string;
  readonly #writer: FileWriter;
  #isOpen = true;

  constructor(name: string, target: string, writer: FileWriter) {
    this.name = name;
    this.#target = target;
    this.#writer = writer;
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#isOpen, `${this.name} is written after its end`);
    try {
      await this.#writer.write(bytes);
    } catch (cause) {
      throw this.#failure('write', cause);
    }
  }

  async finish(): Promise<void> {
    assert(this.#isOpen, `${this.name} is completed twice`);
    try {
      await syncDescriptor(this.#writer.fd);
      // While it is open, its number cannot be another file's; and without a turn of the event loop
      // between the look and the renaming.
      if (!this.#isOwn()) throw this.#lost('complete');
      renameSync(this.#partial, this.#target);
      this.#isOpen = false;
      await this.#writer.close();
    } catch (cause) {
      throw cause instanceof HoldfastError ? cause : this.#failure('complete', cause);
    }
    await syncFolder(dirname(this.#target));
  }

  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    let isOwn: boolean;
    try {
      isOwn = this.#isOwn();
    } catch (cause) {
      throw ioError('keep', this.name, cause);
    } finally {
      await this.#writer.close();
    }
    if (!isOwn) throw this.#lost('keep');
  }

  get #partial(): string {
    return this.#target + PARTIAL_SUFFIX;
  }

  /** Whether the file under the name of the .partial is the one that is open here. */
  #isOwn(): boolean {
    const named = lstatSync(this.#partial, { bigint: true, throwIfNoEntry: false });
    if (named === undefined) return false;
    const own = fstatSync(this.#writer.fd, { bigint: true });
    return named.dev === own.dev && named.ino === own.ino;
  }

  #failure(task: string, cause: unknown): HoldfastError {
    // Where it has its name already, or cannot be looked at, nothing is said of what is kept.
    const plain = ioError(task, this.name, cause);
    if (!this.#isOpen) return plain;
    try {
      if (!this.#isOwn()) return this.#lost(task);
    } catch {
      return plain;
    }
    const kept = `What was written is kept as "${this.name}${PARTIAL_SUFFIX}".`;
    return ioError(task, this.name, cause, kept);
  }

  #lost(task: string): HoldfastError {
    const message =
      `Cannot ${task} "${this.name}": another run wrote to the same output, or ` +
      `"${this.name}${PARTIAL_SUFFIX}" was removed. What this run wrote is not kept under that name.`;
    return new HoldfastError('IO_FAILED', message, { path: this.name });
  }
}

/** Makes the new name last through a power cut, where the file system can; never a failure. */
async function syncFolder(path: string): Promise<void> {
  let fd = -1;
  try {
    fd = await openDescriptor(path, constants.O_RDONLY);
    await syncDescriptor(fd);
  } catch {
    // Some file systems cannot sync a folder: the file itself is complete all the same.
  } finally {
    if (fd !== -1) await closeDescriptor(fd);
  }
}
