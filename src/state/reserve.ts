// Memory for state: reserved at its stated maximum at start and used from the front. Pages that were
// never touched cost address space only, so a table never doubles and never copies itself.
// Shared buffers, because the garbage collector paces itself by the bytes of unshared ones and would
// run full collections for memory that it has nothing to do with.

import { HoldfastError } from '../base/errors.ts';

/** A zeroed Int32Array of at least `count` words; its buffer starts on a page. */
export function reserveWords(count: number): Int32Array {
  return new Int32Array(reserve(count * 4));
}

/** A zeroed Uint8Array of at least `count` bytes. */
export function reserveBytes(count: number): Uint8Array {
  return new Uint8Array(reserve(count));
}

function reserve(count: number): SharedArrayBuffer {
  const bytes = Math.ceil(count / 4096) * 4096;
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw new HoldfastError(
      'IO_FAILED',
      `Cannot reserve ${Math.ceil(bytes / 2 ** 20)} MiB of address space for state: lower limits.entities, limits.rowsPerEntity or repeats.ids in the rules file.`,
      { cause },
    );
  }
}
