// Opens what `--out` and `--dead-letters` name. A regular file is written as FILE.partial, which
// takes FILE's place only when it is complete and on the disk: whoever finds FILE finds all of it.
// Devices and pipes are written directly; `-` is the standard output.

import { constants, fstatSync } from 'node:fs';
import { realpath, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import type { Sink } from '../domain/ports.ts';
import type { ByteWriter } from './byte-writer.ts';
import { assert } from '../base/assert.ts';
import { HoldfastError } from '../base/errors.ts';
import { FileWriter, PipeWriter } from './byte-writer.ts';
import { closeDescriptor, openDescriptor, statDescriptor, syncDescriptor } from './descriptor.ts';
import { ioError, systemCode } from './io-error.ts';
import { PARTIAL_SUFFIX } from './partial.ts';

/** Rejects with IO_FAILED. */
export async function openSink(path: string): Promise<Sink> {
  if (path === '-') return openStandardOutput();
  const target = await resolveTarget(path);
  if (target.isRegular) return openRegular(path, target.path);
  let fd = -1;
  try {
    fd = await openDescriptor(target.path, constants.O_WRONLY);
    const stats = await statDescriptor(fd);
    const writer = stats.isFIFO() ? new PipeWriter(fd) : new FileWriter(fd);
    return new DirectSink(path, writer);
  } catch (cause) {
    if (fd !== -1) await closeDescriptor(fd);
    throw ioError('write', path, cause);
  }
}

/** True when `path` is, or would become, a regular file: one that has a .partial and a folder. */
export async function isRegularTarget(path: string): Promise<boolean> {
  return path !== '-' && (await resolveTarget(path)).isRegular;
}

function openStandardOutput(): Sink {
  try {
    const stats = fstatSync(1);
    const isPipe = (stats.isFIFO() || stats.isSocket()) && !isatty(1);
    return new DirectSink('stdout', isPipe ? new PipeWriter(1) : new FileWriter(1));
  } catch (cause) {
    throw ioError('write', 'stdout', cause);
  }
}

/** Follows a symbolic link, so that the link stays and what it names is replaced. */
async function resolveTarget(path: string): Promise<{ path: string; isRegular: boolean }> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) {
      throw new HoldfastError(
        'IO_FAILED',
        `Cannot write "${path}": it is a directory, a file was expected.`,
        { path },
      );
    }
    return { path: await realpath(path), isRegular: stats.isFile() };
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return { path, isRegular: true };
    throw cause instanceof HoldfastError ? cause : ioError('write', path, cause);
  }
}

async function openRegular(path: string, target: string): Promise<Sink> {
  const partial = target + PARTIAL_SUFFIX;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    const fd = await openDescriptor(partial, flags, 0o666);
    return new RegularFileSink(path, target, new FileWriter(fd));
  } catch (cause) {
    throw ioError('create', path + PARTIAL_SUFFIX, cause);
  }
}

class DirectSink implements Sink {
  readonly name: string;
  readonly #writer: ByteWriter;
  #isOpen = true;

  constructor(name: string, writer: ByteWriter) {
    this.name = name;
    this.#writer = writer;
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#isOpen, `${this.name} is written after its end`);
    try {
      await this.#writer.write(bytes);
    } catch (cause) {
      throw ioError('write', this.name, cause);
    }
  }

  async finish(): Promise<void> {
    await this.abandon();
  }

  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#writer.close();
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
      this.#isOpen = false;
      await this.#writer.close();
      await rename(this.#target + PARTIAL_SUFFIX, this.#target);
    } catch (cause) {
      throw this.#failure('complete', cause);
    }
    await syncFolder(dirname(this.#target));
  }

  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#writer.close();
  }

  #failure(task: string, cause: unknown): HoldfastError {
    const kept = `What was written is kept as "${this.name}${PARTIAL_SUFFIX}".`;
    return ioError(task, this.name, cause, kept);
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
