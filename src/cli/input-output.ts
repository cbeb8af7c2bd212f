// What `--in`, `--out`, `--format` and the other outputs mean together, before anything is opened.

import { basename, extname, resolve } from 'node:path';
import type { Format } from '../domain/ports.ts';
import { HoldfastError } from '../base/errors.ts';

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
 * Refuses to write one file, or the standard output, from two sides, or over an input. Names are
 * compared, not what links lead to: this catches slips, not intent.
 * @param inputs, outputs pairs of option and path; null paths and devices are left out
 */
export function refuseSameFile(
  inputs: readonly (readonly [string, string | null])[],
  outputs: readonly (readonly [string, string | null])[],
): void {
  const seen = new Map<string, string>();
  for (const [option, path] of inputs) {
    if (isFile(path)) seen.set(resolve(path), option);
  }
  for (const [option, path] of outputs) {
    if (path !== '-' && !isFile(path)) continue;
    const key = path === '-' ? path : resolve(path);
    const other = seen.get(key);
    if (other !== undefined) {
      const same =
        path === '-'
          ? 'are both the standard output: name a file for one of them'
          : `are the same file: "${path}"`;
      throw new HoldfastError('USAGE', `${option} and ${other} ${same}.`, { path });
    }
    seen.set(key, option);
  }
}

function isFile(path: string | null): path is string {
  return path !== null && path !== '-' && !path.startsWith('/dev/');
}
