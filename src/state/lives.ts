// The records of payments (and of refunds and reversals) that are kept: found by the id's hash, in the
// order in which they were last touched, so that what has been quiet longest leaves first.
//
//   record | time | charged | touched |     three doubles
//          | id hash | 16 bytes of states | order | kept values | content | code | sequence | rare | reason |
//
// A record takes LIFE_WORDS words. Id, account and the values that life rules read lie in the text arena
// (engine/life/kept-values.ts knows their form), what few payments have likewise (rare-values.ts).
// A record that was not touched for `keepMs`, and is not held, is no longer found, whether it was taken
// away or not.
// At `perShard` records of a shard the one that was touched longest ago has to leave: the caller ends
// its life (a hold is resolved) and removes it. Cost: one cache miss a look-up, two a new record.

import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import { HashIndex } from './hash-index.ts';
import { RARE_D, RARE_W, RareValues } from './rare-values.ts';
import { bytesOf, doublesOf, reserveWords } from './reserve.ts';
import { TextArena } from './text-arena.ts';

export const LIFE_WORDS = 20;
export const LIFE_DOUBLES: number = LIFE_WORDS / 2;

/** Doubles of a record. */
export const LIFE_D = {
  timeMs: 0, // of the row
  charged: 1, // amount in minor units of the file's currency; whether it was charged, a flag says
  touchedMs: 2, // stream time
} as const;

/** Words of a record. */
export const LIFE_W = {
  idLo: 6,
  idHi: 7,
  states: 8, // 16 bytes, LIFE_B
  older: 12, // record + 1
  newer: 13,
  kept: 14, // byte offset in the texts; 0 = none
  content: 15, // low half of the row's content hash
  codeNode: 16, // node + 1 of the chain that it is in
  sequenceLow: 17, // records are numbered as they come, in 48 bits
  rare: 18, // byte offset of what few have; 0 = it has none of it
  first: 19, // first reason, as a repeat tells it
} as const;

/** Bytes of a record from LIFE_W.states. States that are unknown are 0, else index + 1. */
export const LIFE_B = {
  kind: 0,
  state: 1,
  terminalStatus: 2,
  walletStatus: 3,
  codeState: 4,
  label: 5,
  release: 6,
  conflict: 7,
  outcome: 8,
  onExpiry: 9,
  flags: 10,
  rail: 11,
  sequenceHigh: 12, // two bytes
  timer: 14, // what the timer that is set is for, TIMER
  currency: 15, // 0 = the file's; k = rates[k - 1]'s; 255 = another
} as const;

export const LIFE_FLAG = {
  charged: 1, // the wallet charged
  forced: 2, // reversed by decline or expiry, whatever the rules say
  byRefund: 4, // by a refund
  expired: 8, // HOLD_EXPIRED is among the reasons
  scoreWaived: 16,
  onTerminal: 32, // the row has a terminal
  endless: 64, // its hold has ended by a reverse: if it holds again, then without an end
  moved: 128, // of a refund or reversal: its payment has moved
} as const;

// Own constant: an imported one is loaded and checked at each use in a hot loop.
const SHARDS: number = SHARD_COUNT;

export interface LivesOptions {
  readonly perShard: number;
  readonly keepMs: number;
  readonly textBytesMax: number;
}

export class Lives {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  readonly texts: TextArena;
  readonly rare: RareValues;
  readonly index: HashIndex;
  /** [0]: stream time in hand. Not an argument: a double passed to a call is boxed. */
  readonly now: Float64Array = new Float64Array(1);
  readonly recordsMax: number;
  readonly #keepMs: number;
  readonly #perShard: number;
  readonly #counts = new Int32Array(SHARDS);
  /** Record + 1. */
  readonly #oldest = new Int32Array(SHARDS);
  readonly #newest = new Int32Array(SHARDS);
  #free = 0;
  #next = 0;
  /** Number of the next record: its low half, an int32, and what is above. */
  #sequenceLow = 0;
  #sequenceHigh = 0;

  constructor({ perShard, keepMs, textBytesMax }: LivesOptions) {
    this.#perShard = perShard;
    this.#keepMs = keepMs;
    this.recordsMax = perShard * SHARDS + 1;
    this.words = reserveWords(this.recordsMax * LIFE_WORDS);
    this.doubles = doublesOf(this.words);
    this.bytes = bytesOf(this.words);
    this.index = new HashIndex(this.recordsMax);
    this.texts = new TextArena(textBytesMax);
    this.rare = new RareValues(this.words, LIFE_WORDS, LIFE_W.rare, this.texts);
  }

  get count(): number {
    return this.index.count;
  }

  get bytesUsed(): number {
    return this.#next * LIFE_WORDS * 4 + this.index.bytesUsed + this.texts.bytesUsed;
  }

  /** Blocks that LIFE_W.kept points at. Reads every record: for reports. */
  *keptBlocks(): Generator<number> {
    for (let record = 0; record < this.#next; record++) {
      const block = this.words[record * LIFE_WORDS + LIFE_W.kept] as number;
      if (block !== 0) yield block;
    }
  }

  /** The record of an id, or -1; one that has been quiet too long is not found. */
  find(lo: number, hi: number): number {
    const record = this.index.find(lo, hi, this.words, LIFE_WORDS, LIFE_W.idHi);
    return record >= 0 && this.isQuiet(record) ? -1 : record;
  }

  /** No longer kept, though its record may be there still. */
  isQuiet(record: number): boolean {
    if (!this.#isOld(record)) return false;
    const held = this.rare.doubles[this.rare.at(record) + RARE_D.heldMs] as number;
    return !(held >= (this.now[0] as number));
  }

  #isOld(record: number): boolean {
    const touched = this.doubles[record * LIFE_DOUBLES + LIFE_D.touchedMs] as number;
    return touched + this.#keepMs < (this.now[0] as number);
  }

  /** A record of this shard that has to leave before another comes, quiet ones first; -1 = none. */
  leaving(lo: number): number {
    const shard = lo & (SHARDS - 1);
    const oldest = (this.#oldest[shard] as number) - 1;
    for (let record = oldest; record >= 0 && this.#isOld(record);) {
      if (this.isQuiet(record)) return record;
      record = (this.words[record * LIFE_WORDS + LIFE_W.newer] as number) - 1;
    }
    return (this.#counts[shard] as number) >= this.#perShard ? oldest : -1;
  }

  isFull(lo: number): boolean {
    return (this.#counts[lo & (SHARDS - 1)] as number) >= this.#perShard;
  }

  /** A zeroed record of an id that has none. The shard must have room. */
  create(lo: number, hi: number): number {
    const { words } = this;
    // A fresh one is all zeros already.
    const record = this.#free > 0 ? this.#reuse() : this.#next++;
    const w = record * LIFE_WORDS;
    words[w + LIFE_W.idLo] = lo;
    words[w + LIFE_W.idHi] = hi;
    this.#number(record);
    this.index.insert(lo, record);
    const shard = lo & (SHARDS - 1);
    this.#counts[shard] = (this.#counts[shard] as number) + 1;
    this.#link(record, shard);
    return record;
  }

  /** Where a byte of the states stands in `bytes`. @param byte one of LIFE_B */
  byteAt(record: number, byte: number): number {
    return (record * LIFE_WORDS + LIFE_W.states) * 4 + byte;
  }

  #number(record: number): void {
    const at = this.byteAt(record, LIFE_B.sequenceHigh);
    this.words[record * LIFE_WORDS + LIFE_W.sequenceLow] = this.#sequenceLow;
    this.bytes[at] = this.#sequenceHigh & 255;
    this.bytes[at + 1] = this.#sequenceHigh >> 8;
    this.#sequenceLow = (this.#sequenceLow + 1) | 0;
    if (this.#sequenceLow === 0) this.#sequenceHigh++;
  }

  /** The number of the record, from 0, into out[0]. */
  readSequence(record: number, out: Float64Array): void {
    const at = this.byteAt(record, LIFE_B.sequenceHigh);
    const high = (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8);
    const low = this.words[record * LIFE_WORDS + LIFE_W.sequenceLow] as number;
    out[0] = high * 2 ** 32 + (low >>> 0);
  }

  /** As if nothing had happened to it yet. */
  clearStates(record: number): void {
    const at = this.byteAt(record, 0);
    this.bytes.fill(0, at, at + LIFE_B.sequenceHigh);
    this.bytes.fill(0, at + LIFE_B.sequenceHigh + 2, at + 16);
    this.rare.set(record, RARE_W.refunds, 0);
    // Without a block nothing was refunded.
    const rare = this.rare.at(record);
    if (rare > 0) this.rare.doubles[rare + RARE_D.refunded] = 0;
  }

  #reuse(): number {
    const { words } = this;
    const record = this.#free - 1;
    const w = record * LIFE_WORDS;
    this.#free = words[w + LIFE_W.newer] as number;
    for (let word = 0; word < LIFE_WORDS; word++) words[w + word] = 0;
    return record;
  }

  /** The record was touched now: it is the last to leave. */
  touch(record: number): void {
    const shard = (this.words[record * LIFE_WORDS + LIFE_W.idLo] as number) & (SHARDS - 1);
    if (this.#newest[shard] !== record + 1) {
      this.#unlink(record, shard);
      this.#link(record, shard);
    }
    this.doubles[record * LIFE_DOUBLES + LIFE_D.touchedMs] = this.now[0] as number;
  }

  /** Takes a record away; what it keeps in the texts and elsewhere is the caller's to give back. */
  remove(record: number): void {
    const { words } = this;
    const w = record * LIFE_WORDS;
    const lo = words[w + LIFE_W.idLo] as number;
    this.index.remove(lo, record);
    const shard = lo & (SHARDS - 1);
    this.#counts[shard] = (this.#counts[shard] as number) - 1;
    this.#unlink(record, shard);
    words[w + LIFE_W.kept] = 0;
    this.rare.free(record);
    words[w + LIFE_W.newer] = this.#free;
    this.#free = record + 1;
  }

  #link(record: number, shard: number): void {
    const { words } = this;
    const newest = this.#newest[shard] as number;
    const w = record * LIFE_WORDS;
    words[w + LIFE_W.older] = newest;
    words[w + LIFE_W.newer] = 0;
    if (newest > 0) words[(newest - 1) * LIFE_WORDS + LIFE_W.newer] = record + 1;
    else this.#oldest[shard] = record + 1;
    this.#newest[shard] = record + 1;
    this.doubles[record * LIFE_DOUBLES + LIFE_D.touchedMs] = this.now[0] as number;
  }

  #unlink(record: number, shard: number): void {
    const { words } = this;
    const older = words[record * LIFE_WORDS + LIFE_W.older] as number;
    const newer = words[record * LIFE_WORDS + LIFE_W.newer] as number;
    if (older > 0) words[(older - 1) * LIFE_WORDS + LIFE_W.newer] = newer;
    else this.#oldest[shard] = newer;
    if (newer > 0) words[(newer - 1) * LIFE_WORDS + LIFE_W.older] = older;
    else this.#newest[shard] = older;
  }
}
