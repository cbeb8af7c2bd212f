// An index from 64-bit hashes to slot numbers that grows one bucket at a time.
//
// Linear hashing (Litwin, 1980): bucket count N = 2^level + split. Hash h belongs to bucket
// h mod 2^(level+1) if that exists, else h mod 2^level. When the load passes LOAD_MAX entries a
// bucket, the bucket at `split` is divided between itself and a new one at the end: an insertion
// never pays for more than one such division, so no batch sees a rehash, and nothing is doubled.
//
// A bucket is one cache line of 16 words:   0..6 tags | 7 count | 8..14 slots | 15 next + 1
// `next` chains overflow buckets, taken from the end of the reserved memory downwards.
// The tag is the low half of the hash, and the bucket comes from it too (above its lowest four bits,
// which say the shard): a bucket is divided without a look at its entries' keys, each of which would be
// a cache miss. The owner of the slot compares all 64 bits, by the callback-free means of `find` reading
// the high halves from `keys`; of a million entries one in 4,000 look-ups meets another's tag.
//
// Cost: one cache miss a lookup (1.02 lines on average), 15-16 bytes an entry.
// Memory is reserved for the stated maximum at once; pages never touched cost nothing.

import { assert } from '../base/assert.ts';
import { touchLines } from '../base/touch-lines.ts';
import { SHARD_BITS as BITS } from '../domain/shards.ts';
import { reserveWords } from './reserve.ts';

const BUCKET_WORDS = 16;
const ENTRIES = 7;
const COUNT = 7;
const SLOTS = 8;
const NEXT = 15;
/** Average entries a bucket before another bucket is added: 4.5 of 7. */
const LOAD_MAX = 4.5;
const LEVEL_MIN = 4;
/**
 * Low bits of a tag that do not choose the bucket. Own constant: an imported one is loaded and checked at
 * each use in a hot loop.
 */
const SHARD_BITS: number = BITS;

export class HashIndex {
  readonly words: Int32Array;
  #level = LEVEL_MIN;
  #split = 0;
  #count = 0;
  /** Overflow buckets: next fresh one (grows downwards), and the list of freed ones. */
  readonly #overflowFirst: number;
  #overflowNext: number;
  #overflowFree = 0;

  /** @param entriesMax most entries ever held at once; inserting more is a broken promise */
  constructor(entriesMax: number) {
    // A quarter more than the load needs holds the overflow chains with room to spare.
    const buckets = Math.ceil((entriesMax / LOAD_MAX) * 1.25) + (2 << LEVEL_MIN) + 64;
    this.words = reserveWords(buckets * BUCKET_WORDS);
    this.#overflowFirst = buckets - 1;
    this.#overflowNext = buckets - 1;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes in use (not those reserved). */
  get bytesUsed(): number {
    const buckets = (1 << this.#level) + this.#split;
    return (buckets + this.#overflowFirst - this.#overflowNext) * 64;
  }

  /** Word offset of the home bucket of `lo`. */
  #bucketOf(lo: number): number {
    const h = lo >>> SHARD_BITS;
    const wide = h & ((2 << this.#level) - 1);
    const bucket = wide < (1 << this.#level) + this.#split ? wide : h & ((1 << this.#level) - 1);
    return bucket * BUCKET_WORDS;
  }

  /** Word offsets of the home buckets of lo[from, to) into `out`, touching each so that misses overlap. */
  locate(lo: Int32Array, out: Int32Array, from: number, to: number): number {
    const words = this.words;
    const highBit = 1 << this.#level;
    const wideMask = 2 * highBit - 1;
    const buckets = highBit + this.#split;
    for (let i = from; i < to; i++) {
      const wide = ((lo[i] as number) >>> SHARD_BITS) & wideMask;
      // #bucketOf without a branch: which way it goes cannot be foretold.
      const isNone = (buckets - 1 - wide) >> 31;
      out[i] = (wide & (wideMask ^ (isNone & highBit))) * BUCKET_WORDS;
    }
    return touchLines(words, out, from, to);
  }

  /**
   * Slots whose tag is lo[k], of the buckets found by `locate`, for k in [from, to): -1 where no tag
   * fits. A slot is a candidate: the caller compares the high halves, all at once, so that those
   * misses overlap too.
   */
  candidates(lo: Int32Array, buckets: Int32Array, out: Int32Array, from: number, to: number): void {
    const words = this.words;
    for (let k = from; k < to; k++) {
      const tag = lo[k] as number;
      let at = buckets[k] as number;
      let slot = -1;
      for (;;) {
        const count = words[at + COUNT] as number;
        let i = 0;
        while (i < count && words[at + i] !== tag) i++;
        if (i < count) {
          slot = words[at + SLOTS + i] as number;
          break;
        }
        const next = words[at + NEXT] as number;
        if (next === 0) break;
        at = (next - 1) * BUCKET_WORDS;
      }
      out[k] = slot;
    }
  }

  /**
   * Slot of an entry with this hash, or -1. `keys` holds each slot's high half at
   * slot * stride + offset; the low half is the tag.
   */
  find(lo: number, hi: number, keys: Int32Array, stride: number, offset: number): number {
    return this.findFrom(this.#bucketOf(lo), lo, hi, keys, stride, offset);
  }

  /** As `find`, from a known home bucket (a word offset, from `locate`). */
  findFrom(
    bucket: number,
    lo: number,
    hi: number,
    keys: Int32Array,
    stride: number,
    offset: number,
  ): number {
    const words = this.words;
    let at = bucket;
    for (;;) {
      const count = words[at + COUNT] as number;
      for (let i = 0; i < count; i++) {
        if (words[at + i] === lo) {
          const slot = words[at + SLOTS + i] as number;
          if (keys[slot * stride + offset] === hi) return slot;
        }
      }
      const next = words[at + NEXT] as number;
      if (next === 0) return -1;
      at = (next - 1) * BUCKET_WORDS;
    }
  }

  /** Adds an entry; the caller has made sure that it is not there. */
  insert(lo: number, slot: number): void {
    this.#put(this.#bucketOf(lo), lo, slot);
    this.#count++;
    const buckets = (1 << this.#level) + this.#split;
    if (this.#count > buckets * LOAD_MAX) this.#grow();
  }

  /** Replaces the slot of an entry that is there. */
  move(lo: number, from: number, to: number): void {
    this.words[this.#entry(lo, from)] = to;
  }

  /** Removes the entry of `slot`, which must be there. */
  remove(lo: number, slot: number): void {
    const words = this.words;
    const hole = this.#entry(lo, slot);
    // The chain's last entry takes its place, so that only last buckets are ever part full.
    let last = this.#bucketOf(lo);
    let before = -1;
    while (words[last + NEXT] !== 0) {
      before = last;
      last = ((words[last + NEXT] as number) - 1) * BUCKET_WORDS;
    }
    const count = (words[last + COUNT] as number) - 1;
    words[hole] = words[last + SLOTS + count] as number;
    words[hole - SLOTS] = words[last + count] as number;
    words[last + COUNT] = count;
    if (count === 0 && before >= 0) {
      words[before + NEXT] = 0;
      words[last + NEXT] = this.#overflowFree;
      this.#overflowFree = last / BUCKET_WORDS + 1;
    }
    this.#count--;
  }

  /** Word offset of the slot cell of an entry that must be there. */
  #entry(lo: number, slot: number): number {
    const words = this.words;
    let at = this.#bucketOf(lo);
    for (;;) {
      const count = words[at + COUNT] as number;
      for (let i = 0; i < count; i++) {
        if (words[at + i] === lo && words[at + SLOTS + i] === slot) return at + SLOTS + i;
      }
      const next = words[at + NEXT] as number;
      assert(next !== 0, 'the entry is in the index');
      at = (next - 1) * BUCKET_WORDS;
    }
  }

  #put(bucket: number, tag: number, slot: number): void {
    const words = this.words;
    let at = bucket;
    while ((words[at + COUNT] as number) === ENTRIES) {
      if (words[at + NEXT] === 0) words[at + NEXT] = this.#takeOverflow() + 1;
      at = ((words[at + NEXT] as number) - 1) * BUCKET_WORDS;
    }
    const count = words[at + COUNT] as number;
    words[at + count] = tag;
    words[at + SLOTS + count] = slot;
    words[at + COUNT] = count + 1;
  }

  #takeOverflow(): number {
    if (this.#overflowFree !== 0) {
      const bucket = this.#overflowFree - 1;
      this.#overflowFree = this.words[bucket * BUCKET_WORDS + NEXT] as number;
      this.words[bucket * BUCKET_WORDS + NEXT] = 0;
      return bucket;
    }
    const bucket = this.#overflowNext--;
    assert(bucket >= (1 << this.#level) + this.#split, 'the index holds its stated maximum');
    return bucket;
  }

  /** Divides the bucket at `split` between itself and a new one at the end. */
  #grow(): void {
    const words = this.words;
    const from = this.#split;
    const to = (1 << this.#level) + this.#split;
    assert(to <= this.#overflowNext, 'the index holds its stated maximum');
    const bit = 1 << this.#level;
    this.#split++;
    if (this.#split === 1 << this.#level) {
      this.#level++;
      this.#split = 0;
    }
    // Entries of the old chain are read one by one while both chains are written anew: the write
    // position never passes the read position, so no copy is needed.
    let readAt = from * BUCKET_WORDS;
    let writeAt = readAt;
    let written = 0;
    for (;;) {
      const count = words[readAt + COUNT] as number;
      const next = words[readAt + NEXT] as number;
      for (let i = 0; i < count; i++) {
        const tag = words[readAt + i] as number;
        const slot = words[readAt + SLOTS + i] as number;
        if (((tag >>> SHARD_BITS) & bit) !== 0) {
          this.#put(to * BUCKET_WORDS, tag, slot);
        } else {
          if (written === ENTRIES) {
            words[writeAt + COUNT] = ENTRIES;
            writeAt = ((words[writeAt + NEXT] as number) - 1) * BUCKET_WORDS;
            written = 0;
          }
          words[writeAt + written] = tag;
          words[writeAt + SLOTS + written] = slot;
          written++;
        }
      }
      if (next === 0) break;
      readAt = (next - 1) * BUCKET_WORDS;
    }
    words[writeAt + COUNT] = written;
    let free = words[writeAt + NEXT] as number;
    words[writeAt + NEXT] = 0;
    while (free !== 0) {
      const at = (free - 1) * BUCKET_WORDS;
      const next = words[at + NEXT] as number;
      words[at + COUNT] = 0;
      words[at + NEXT] = this.#overflowFree;
      this.#overflowFree = free;
      free = next;
    }
  }
}
