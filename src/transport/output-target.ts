// What the name of an output stands for, and whether it can be written: looked at, never touched.

import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '../base/errors.ts';
import { ioError, systemCode } from './io-error.ts';
import { PARTIAL_SUFFIX } from './partial.ts';

export interface OutputTarget {
  /** Of a regular file, where links lead: the link stays, and what it names is replaced. */
  readonly path: string;
  readonly kind: 'regular' | 'pipe' | 'device';
}

/** Rejects with IO_FAILED. */
export async function resolveTarget(path: string): Promise<OutputTarget> {
  const stats = await statIfThere(path, 'write', path);
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

/**
 * Rejects with IO_FAILED where `path` cannot be written, as far as that shows without touching it.
 * @returns true when it is, or would become, a regular file: one that has a .partial and a folder
 */
export async function checkOutput(path: string): Promise<boolean> {
  if (path === '-') return false;
  const target = await resolveTarget(path);
  if (target.kind !== 'regular') {
    await requireWritable(target.path, 'write', path);
    return false;
  }
  const partial = path + PARTIAL_SUFFIX;
  await requireWritable(dirname(target.path), 'create', partial);
  const earlier = await statIfThere(target.path + PARTIAL_SUFFIX, 'create', partial);
  if (earlier?.isDirectory() === true) throw isDirectory('create', partial);
  if (earlier !== null) await requireWritable(target.path + PARTIAL_SUFFIX, 'create', partial);
  return true;
}

/** null where nothing is there. @param task, name what a failure says */
async function statIfThere(path: string, task: string, name: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    throw ioError(task, name, cause);
  }
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
