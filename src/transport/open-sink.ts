// Opens what `--out` and `--dead-letters` name. A regular file is written as FILE.partial, which
// takes FILE's place only when it is complete and on the disk: whoever finds FILE finds all of it.
// Devices and pipes are written directly; `-` is the standard output.

import { constants, fstatSync } from 'node:fs';
import { access, realpath, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Sink } from '../domain/ports.ts';
import type { ByteWriter } from './byte-writer.ts';
import { assert } from '../base/assert.ts';
import { HoldfastError } from '../base/errors.ts';
import { FileWriter, PipeWriter } from './byte-writer.ts';
import { closeDescriptor, openDescriptor, statDescriptor, syncDescriptor } from './descriptor.ts';
import { ioError, systemCode } from './io-error.ts';
import { PARTIAL_SUFFIX } from './partial.ts';

/** How long to wait before a named pipe is tried again that nobody reads yet. */
const NO_READER_WAIT_MS = 50;

interface Target {
  /** Of a regular file, where links lead: the link stays, and what it names is replaced. */
  readonly path: string;
  readonly kind: 'regular' | 'pipe' | 'device';
}

/**
 * Rejects with IO_FAILED; with the signal's reason where it is aborted while a named pipe waits for
 * somebody who reads it.
 */
export async function openSink(path: string, signal?: AbortSignal): Promise<Sink> {
  if (path === '-') return openStandardOutput();
  const target = await resolveTarget(path);
  return target.kind === 'regular' ? openRegular(path, target.path) : openDirect(target, signal);
}

type SinksOf<Paths extends readonly (string | null)[]> = {
  [At in keyof Paths]: Paths[At] extends string ? Sink : Sink | null;
};

/**
 * All outputs of a command, in order; null stays null. All are looked at before the first is opened, and
 * pipes are waited for before a file is made: a start that fails leaves an earlier .partial as it was.
 */
export async function openSinks<const Paths extends readonly (string | null)[]>(
  paths: Paths,
  signal?: AbortSignal,
): Promise<SinksOf<Paths>> {
  const isRegular: boolean[] = [];
  for (const path of paths) isRegular.push(path !== null && (await checkSink(path)));
  const sinks: (Sink | null)[] = paths.map(() => null);
  try {
    for (const kind of [false, true]) {
      for (const [at, path] of paths.entries()) {
        if (path !== null && isRegular[at] === kind) sinks[at] = await openSink(path, signal);
      }
    }
  } catch (error) {
    for (const sink of sinks) await sink?.abandon().catch(() => {});
    throw error;
  }
  return sinks as SinksOf<Paths>;
}

/**
 * Rejects with IO_FAILED where `path` cannot be written, as far as that shows without touching it.
 * @returns true when it is, or would become, a regular file: one that has a .partial and a folder
 */
export async function checkSink(path: string): Promise<boolean> {
  if (path === '-') return false;
  const target = await resolveTarget(path);
  if (target.kind !== 'regular') {
    await requireWritable(target.path, 'write', path);
    return false;
  }
  const partial = path + PARTIAL_SUFFIX;
  await requireWritable(dirname(target.path), 'create', partial);
  const earlier = await stat(target.path + PARTIAL_SUFFIX).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return null;
    throw ioError('create', partial, cause);
  });
  if (earlier?.isDirectory() === true) throw isDirectory('create', partial);
  if (earlier !== null) await requireWritable(target.path + PARTIAL_SUFFIX, 'create', partial);
  return true;
}

/** @param task, name what the failure says */
async function requireWritable(path: string, task: string, name: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (cause) {
    throw ioError(task, name, cause);
  }
}

function isDirectory(task: string, path: string): HoldfastError {
  const message = `Cannot ${task} "${path}": it is a directory, a file was expected.`;
  return new HoldfastError('IO_FAILED', message, { path });
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

async function resolveTarget(path: string): Promise<Target> {
  const stats = await stat(path).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return null;
    throw ioError('write', path, cause);
  });
  if (stats === null) return { path, kind: 'regular' };
  if (stats.isDirectory()) throw isDirectory('write', path);
  // A pipe may have no path to be found by: /dev/fd/63 leads to "pipe:[4711]".
  if (!stats.isFile()) return { path, kind: stats.isFIFO() ? 'pipe' : 'device' };
  try {
    return { path: await realpath(path), kind: 'regular' };
  } catch (cause) {
    throw ioError('write', path, cause);
  }
}

async function openDirect({ path, kind }: Target, signal?: AbortSignal): Promise<Sink> {
  let fd = -1;
  try {
    fd =
      kind === 'pipe'
        ? await openPipe(path, signal)
        : await openDescriptor(path, constants.O_WRONLY);
    const stats = await statDescriptor(fd);
    const writer = stats.isFIFO() ? new PipeWriter(fd) : new FileWriter(fd);
    return new DirectSink(path, writer);
  } catch (cause) {
    if (fd !== -1) await closeDescriptor(fd);
    if (signal?.aborted === true && cause === signal.reason) throw cause;
    throw ioError('write', path, cause);
  }
}

/**
 * Waits for somebody who reads. Not in the system's open: that would hold a thread of the pool, and a
 * process does not end before its threads do, whatever signal comes.
 */
async function openPipe(path: string, signal?: AbortSignal): Promise<number> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await openDescriptor(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (cause) {
      if (systemCode(cause) !== 'ENXIO') throw cause;
      if (!(await hasName(path))) throw readerGone(cause);
    }
    await delay(NO_READER_WAIT_MS);
  }
}

/** False of a pipe between processes: once its reader is gone nobody can open it again. */
async function hasName(path: string): Promise<boolean> {
  try {
    await realpath(path);
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return false;
    throw cause;
  }
}

function readerGone(cause: unknown): Error {
  return Object.assign(new Error('nobody reads the pipe', { cause }), { code: 'EPIPE' });
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
