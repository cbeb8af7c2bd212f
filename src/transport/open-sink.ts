// Opens what `--out` and `--dead-letters` name. A regular file is written as FILE.partial, which
// takes FILE's place only when it is complete and on the disk: whoever finds FILE finds all of it.
// Devices and pipes are written directly; `-` is the standard output.

import { constants, fstatSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Sink } from '../domain/ports.ts';
import type { ByteWriter } from './byte-writer.ts';
import { assert } from '../base/assert.ts';
import { FileWriter, PipeWriter } from './byte-writer.ts';
import { closeDescriptor, openDescriptor, statDescriptor } from './descriptor.ts';
import { ioError, systemCode } from './io-error.ts';
import type { OutputTarget } from './output-target.ts';
import { checkOutput, resolveTarget } from './output-target.ts';
import { openRegular } from './regular-file-sink.ts';

/** How long to wait before a named pipe is tried again that nobody reads yet. */
const NO_READER_WAIT_MS = 50;

/**
 * Rejects with IO_FAILED; with the signal's reason where it is aborted and nobody reads the named pipe.
 */
export async function openSink(path: string, signal?: AbortSignal): Promise<Sink> {
  if (path === '-') return openStandardOutput();
  const target = await resolveTarget(path);
  return target.kind === 'regular' ? openRegular(path, target.path) : openDirect(target, signal);
}

/** Whether an output was given up for the signal, while nobody read the named pipe that it is. */
export function isAbort(cause: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && cause === signal.reason;
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
  for (const path of paths) isRegular.push(path !== null && (await checkOutput(path)));
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

function openStandardOutput(): Sink {
  try {
    const stats = fstatSync(1);
    const isPipe = (stats.isFIFO() || stats.isSocket()) && !isatty(1);
    return new DirectSink('stdout', isPipe ? new PipeWriter(1) : new FileWriter(1));
  } catch (cause) {
    throw ioError('write', 'stdout', cause);
  }
}

async function openDirect({ path, kind }: OutputTarget, signal?: AbortSignal): Promise<Sink> {
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
    if (isAbort(cause, signal)) throw cause;
    throw ioError('write', path, cause);
  }
}

/**
 * Waits for somebody who reads. Not in the system's open: that would hold a thread of the pool, and a
 * process does not end before its threads do, whatever signal comes.
 */
async function openPipe(path: string, signal?: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return await openDescriptor(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (cause) {
      if (systemCode(cause) !== 'ENXIO') throw cause;
      signal?.throwIfAborted();
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
