// Opens what `--in` names: a file, a device, a pipe, or `-` for the standard input.

import { constants, fstatSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isatty } from 'node:tty';
import type { Format, Source } from '../domain/ports.ts';
import type { Clock } from '../base/clock.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ForeignForm } from './foreign-bytes.ts';
import { HoldfastError } from '../base/errors.ts';
import { closeDescriptor, openDescriptor, statDescriptor } from './descriptor.ts';
import { FileReader } from './file-reader.ts';
import { FramedSource } from './framed-source.ts';
import { MemoryReader } from './memory-reader.ts';
import { PipeReader } from './pipe-reader.ts';
import { ioError } from './io-error.ts';

export interface SourceOptions {
  readonly format: Format;
  readonly clock: Clock;
  /** When it is aborted, reads end, one that is waiting too. */
  readonly signal?: AbortSignal | undefined;
  /** Told once where NDJSON does not begin like NDJSON. */
  readonly onForeign?: ((form: ForeignForm) => void) | undefined;
}

/** @param path `-` is the standard input. Rejects with IO_FAILED. */
export async function openSource(path: string, options: SourceOptions): Promise<Source> {
  const reader = path === '-' ? openStandardInput() : await openReader(path);
  return new FramedSource({ ...options, reader });
}

/** @param readBytesMax the most that the next read gives, for tests that cut a stream in pieces */
export function memorySource(
  bytes: Uint8Array,
  options: SourceOptions & {
    readonly name?: string | undefined;
    readonly readBytesMax?: (() => number) | undefined;
    /** Makes it a live source: when the row of this number (from 0) arrived, ms since the epoch. */
    readonly arrivedMs?: ((row: number) => number) | undefined;
  },
): Source {
  const reader = new MemoryReader(bytes, options.name, options.readBytesMax);
  return new FramedSource({ ...options, reader });
}

function openStandardInput(): ByteReader {
  const name = 'stdin';
  let stats: Stats;
  try {
    stats = fstatSync(0);
  } catch (cause) {
    throw ioError('read', name, cause);
  }
  if (stats.isDirectory()) throw notAFile(name);
  if (isatty(0)) return new PipeReader(name, 0, true);
  if (stats.isFIFO() || stats.isSocket()) return new PipeReader(name, 0, false);
  return new FileReader(name, 0, stats.isFile() ? stats.size : null);
}

async function openReader(path: string): Promise<ByteReader> {
  let fd = -1;
  try {
    // Opening a pipe must not wait in a thread for somebody who writes.
    const flags = (await stat(path)).isFIFO()
      ? constants.O_RDONLY | constants.O_NONBLOCK
      : constants.O_RDONLY;
    fd = await openDescriptor(path, flags);
    const stats = await statDescriptor(fd);
    if (stats.isDirectory()) throw notAFile(path);
    if (stats.isFIFO() || isatty(fd)) return new PipeReader(path, fd, !stats.isFIFO());
    return new FileReader(path, fd, stats.isFile() ? stats.size : null);
  } catch (cause) {
    if (fd !== -1) await closeDescriptor(fd);
    throw cause instanceof HoldfastError ? cause : ioError('read', path, cause);
  }
}

function notAFile(path: string): HoldfastError {
  return new HoldfastError(
    'IO_FAILED',
    `Cannot read "${path}": it is a directory, a file was expected.`,
    { path },
  );
}
