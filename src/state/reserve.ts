// Memory for state: reserved at its stated maximum at start and used from the front. Pages that were
// never touched cost address space only, so a table never doubles and never copies itself.
// Shared buffers, because the garbage collector paces itself by the bytes of unshared ones and would
// run full collections for memory that it has nothing to do with.
//
// A reservation is never between SMALL_BYTES and MAPPED_BYTES: up to 32 MiB the C library may take memory
// that was freed before (by a rules file's tests, by the warm-up), which it then has to zero, and so to
// touch, as a whole; above it maps fresh pages.

import { HoldfastError } from '../base/errors.ts';

const SMALL_BYTES: number = 2 ** 18;
const MAPPED_BYTES: number = 33 * 2 ** 20;
/**
 * Where the first cache line of a buffer begins: glibc and musl keep 16 bytes of their own in front of a
 * mapped block, so that a bucket or record of one line would else stand in two.
 */
const LINE_AT = 48;

/** A zeroed Int32Array of at least `count` words; it begins with a cache line. */
export function reserveWords(count: number): Int32Array {
  return new Int32Array(reserve(count * 4 + LINE_AT), LINE_AT);
}

/** The same memory as doubles. */
export function doublesOf(words: Int32Array): Float64Array {
  return new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
}

/** The same memory as bytes. */
export function bytesOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
}

/** A zeroed Uint8Array of at least `count` bytes. */
export function reserveBytes(count: number): Uint8Array {
  return new Uint8Array(reserve(count));
}

function reserve(count: number): SharedArrayBuffer {
  const pages = Math.ceil(count / 4096) * 4096;
  const bytes = pages > SMALL_BYTES ? Math.max(pages, MAPPED_BYTES) : pages;
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw new HoldfastError(
      'IO_FAILED',
      `Cannot reserve ${Math.ceil(bytes / 2 ** 20)} MiB of address space for state: raise the limit (ulimit -v), or lower limits.entities, limits.rowsPerEntity or repeats.ids in the rules file.`,
      { cause },
    );
  }
}
