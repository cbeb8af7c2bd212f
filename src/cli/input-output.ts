// What `--in`, `--out`, `--format` and the other outputs mean together, before anything is opened.

import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Format } from '../domain/ports.ts';
import { HoldfastError } from '../base/errors.ts';
import { PARTIAL_SUFFIX } from '../transport/partial.ts';

const FORMAT_OF_ENDING: Readonly<Record<string, Format>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'ndjson',
  '.msgpack': 'msgpack',
  '.mp': 'msgpack',
};

export const DEAD_LETTERS_SUFFIX = '.dead-letters.ndjson';

/** `chosen` is what an option says, null = none did. Throws USAGE where the name does not tell. */
export function formatOf(path: string, chosen: string | null): Format {
  if (chosen === 'ndjson' || chosen === 'msgpack') return chosen;
  const ending = path === '-' ? '' : extname(basename(path)).toLowerCase();
  const format = ending === '' ? 'ndjson' : FORMAT_OF_ENDING[ending];
  if (format === undefined) {
    throw new HoldfastError(
      'USAGE',
      `Cannot tell the format of "${path}" by its name; ` +
        `say --format ndjson or --format msgpack. Known endings: ${Object.keys(FORMAT_OF_ENDING).join(' ')}.`,
      { path },
    );
  }
  return format;
}

/**
 * Refuses to write one file, or the standard output, from two sides, or over an input, by whatever names
 * and links. A regular output counts as its .partial too.
 * @param inputs, outputs pairs of option and path; null paths and devices are left out
 */
export function refuseSameFile(
  inputs: readonly (readonly [string, string | null])[],
  outputs: readonly (readonly [string, string | null])[],
): void {
  const seen = new Map<string, string>();
  for (const [option, path] of inputs) {
    if (isFile(path)) seen.set(realPathOf(path), option);
  }
  for (const [option, path] of outputs) {
    if (path !== '-' && !isFile(path)) continue;
    const key = path === '-' ? path : realPathOf(path);
    const other = seen.get(key);
    if (other !== undefined) {
      const same =
        path === '-'
          ? 'are both the standard output: name a file for one of them'
          : `are the same file: "${path}"`;
      throw new HoldfastError('USAGE', `${option} and ${other} ${same}.`, { path });
    }
    const clash = path === '-' ? undefined : seen.get(key + PARTIAL_SUFFIX);
    if (clash !== undefined) {
      const message = `${option} is written as "${path}${PARTIAL_SUFFIX}" until it is complete, and that is ${clash}.`;
      throw new HoldfastError('USAGE', message, { path });
    }
    seen.set(key, option);
    if (path !== '-') seen.set(key + PARTIAL_SUFFIX, `the unfinished ${option}`);
  }
}

/**
 * Where links lead; of a file that is not there yet, where it will be. A pipe between processes leads
 * nowhere: it is known by its descriptor.
 */
function realPathOf(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    const folder = dirname(full);
    return folder === full ? full : join(realPathOf(folder), basename(full));
  }
}

/** No standard stream, no device: two sides may have one of those in common. */
export function isFile(path: string | null): path is string {
  if (path === null || path === '-') return false;
  // By what it is, not by its name: /dev has files and pipes, too.
  try {
    return !statSync(path).isCharacterDevice();
  } catch {
    // Not there yet; or not to be reached, which opening it will say.
    return true;
  }
}
