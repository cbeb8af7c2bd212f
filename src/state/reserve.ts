// Memory for state: reserved at its stated maximum at start and used from the front. Pages that were
// never touched cost address space only, so a table never doubles and never copies itself.
// Shared buffers, because the garbage collector paces itself by the bytes of unshared ones and would
// run full collections for memory that it has nothing to do with.

import { HoldfastError } from '../base/errors.ts';

/** A zeroed Int32Array of `count` words; its buffer starts on a page. */
export function reserveWords(count: number): Int32Array {
  const bytes = Math.ceil(count / 1024) * 4096;
  try {
    return new Int32Array(new SharedArrayBuffer(bytes));
  } catch (cause) {
    throw new HoldfastError(
      'IO_FAILED',
      `Cannot reserve ${Math.ceil(bytes / 2 ** 20)} MiB of address space for state: lower limits.entities, limits.rowsPerEntity or repeats.ids in the rules file.`,
      { cause },
    );
  }
}
