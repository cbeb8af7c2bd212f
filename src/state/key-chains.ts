// Which payments belong to a terminal or to a payment code: for each key a chain of records in the
// order in which they came. An anchor a key (its first and last node, a state, how many came), a node
// a membership; a member leaves in O(1).
//
// Anchors without members (that are kept) are kept while they are not quiet for longer than `keepMs` (payment codes:
// a code may be scanned before it is paid with) or go at once (`keepMs` 0: terminals): as new ones come,
// two at a time, in the order in which they were touched. One that only its members keep goes to the end
// meanwhile, so that it is not in the others' way. At `anchorsMax` the first leaves all the same; its
// members stay, but are no longer reached by the key.

import { HashIndex } from './hash-index.ts';
import { doublesOf, reserveWords } from './reserve.ts';

const ANCHOR_WORDS = 10;
const A = { touched: 0, lo: 2, hi: 3, first: 4, last: 5, state: 6, uses: 7, older: 8, newer: 9 };
const NODE_WORDS = 4;
const N = { anchor: 0, record: 1, before: 2, after: 3 };

export interface KeyChainsOptions {
  readonly anchorsMax: number;
  readonly nodesMax: number;
  readonly keepMs: number;
  /** Whether a member counts still; one that does not is only waiting to be taken out. */
  readonly isKept?: (record: number) => boolean;
}

export class KeyChains {
  /** Anchors that left at the limit. */
  evicted = 0;
  /** [0]: stream time in hand. */
  readonly now: Float64Array = new Float64Array(1);
  readonly #anchors: Int32Array;
  readonly #times: Float64Array;
  readonly #nodes: Int32Array;
  readonly #index: HashIndex;
  readonly #anchorsMax: number;
  readonly #keepMs: number;
  readonly #isKept: (record: number) => boolean;
  // All + 1, 0 = none.
  #oldest = 0;
  #newest = 0;
  #anchorFree = 0;
  #anchorNext = 0;
  #nodeFree = 0;
  #nodeNext = 0;
  #nodeCount = 0;

  constructor({ anchorsMax, nodesMax, keepMs, isKept = () => true }: KeyChainsOptions) {
    this.#isKept = isKept;
    this.#anchorsMax = anchorsMax;
    this.#keepMs = keepMs;
    this.#anchors = reserveWords((anchorsMax + 1) * ANCHOR_WORDS);
    this.#times = doublesOf(this.#anchors);
    this.#nodes = reserveWords((nodesMax + 1) * NODE_WORDS);
    this.#index = new HashIndex(anchorsMax + 1);
  }

  get memberCount(): number {
    return this.#nodeCount;
  }

  get bytesUsed(): number {
    return (
      this.#anchorNext * ANCHOR_WORDS * 4 + this.#nodeNext * NODE_WORDS * 4 + this.#index.bytesUsed
    );
  }

  /** Anchor of a key, or -1. */
  find(lo: number, hi: number): number {
    const anchor = this.#index.find(lo, hi, this.#anchors, ANCHOR_WORDS, A.hi);
    return anchor >= 0 && this.#isQuiet(anchor) ? -1 : anchor;
  }

  /** Anchor of a key, made where there is none; it is touched now. */
  take(lo: number, hi: number): number {
    let anchor = this.#index.find(lo, hi, this.#anchors, ANCHOR_WORDS, A.hi);
    if (anchor >= 0 && this.#isQuiet(anchor)) {
      this.#removeAnchor(anchor);
      anchor = -1;
    }
    if (anchor >= 0) this.#unlinkAnchor(anchor);
    else anchor = this.#newAnchor(lo, hi);
    this.#linkAnchor(anchor);
    this.#times[(anchor * ANCHOR_WORDS) / 2] = this.now[0] as number;
    return anchor;
  }

  /** Index + 1 of the key's state; 0 = unknown. */
  stateOf(anchor: number): number {
    return this.#anchors[anchor * ANCHOR_WORDS + A.state] as number;
  }

  setState(anchor: number, state: number): void {
    this.#anchors[anchor * ANCHOR_WORDS + A.state] = state;
  }

  /** Members that ever came. */
  usesOf(anchor: number): number {
    return this.#anchors[anchor * ANCHOR_WORDS + A.uses] as number;
  }

  /** Adds a record at the chain's end; gives its node + 1. */
  join(anchor: number, record: number): number {
    const nodes = this.#nodes;
    const anchors = this.#anchors;
    const node = this.#nodeFree > 0 ? this.#nodeFree - 1 : this.#nodeNext++;
    if (this.#nodeFree > 0) this.#nodeFree = nodes[node * NODE_WORDS + N.after] as number;
    const a = anchor * ANCHOR_WORDS;
    const last = anchors[a + A.last] as number;
    const n = node * NODE_WORDS;
    nodes[n + N.anchor] = anchor + 1;
    nodes[n + N.record] = record;
    nodes[n + N.before] = last;
    nodes[n + N.after] = 0;
    if (last > 0) nodes[(last - 1) * NODE_WORDS + N.after] = node + 1;
    else anchors[a + A.first] = node + 1;
    anchors[a + A.last] = node + 1;
    anchors[a + A.uses] = (anchors[a + A.uses] as number) + 1;
    this.#nodeCount++;
    return node + 1;
  }

  /** Takes a member out. @param nodePlusOne as `join` gave it */
  leave(nodePlusOne: number): void {
    const nodes = this.#nodes;
    const anchors = this.#anchors;
    const n = (nodePlusOne - 1) * NODE_WORDS;
    const before = nodes[n + N.before] as number;
    const after = nodes[n + N.after] as number;
    const anchor = (nodes[n + N.anchor] as number) - 1;
    if (before > 0) nodes[(before - 1) * NODE_WORDS + N.after] = after;
    else if (anchor >= 0) anchors[anchor * ANCHOR_WORDS + A.first] = after;
    if (after > 0) nodes[(after - 1) * NODE_WORDS + N.before] = before;
    else if (anchor >= 0) anchors[anchor * ANCHOR_WORDS + A.last] = before;
    nodes[n + N.after] = this.#nodeFree;
    this.#nodeFree = nodePlusOne;
    this.#nodeCount--;
    const isEmpty = anchor >= 0 && anchors[anchor * ANCHOR_WORDS + A.first] === 0;
    if (isEmpty && this.#keepMs === 0) this.#removeAnchor(anchor);
  }

  /** Takes a member out as if it had never come. */
  forget(nodePlusOne: number): void {
    const anchor = (this.#nodes[(nodePlusOne - 1) * NODE_WORDS + N.anchor] as number) - 1;
    if (anchor >= 0) {
      const uses = anchor * ANCHOR_WORDS + A.uses;
      this.#anchors[uses] = (this.#anchors[uses] as number) - 1;
    }
    this.leave(nodePlusOne);
  }

  /** Anchor that a node belongs to; -1 = it has left. */
  anchorOf(nodePlusOne: number): number {
    return (this.#nodes[(nodePlusOne - 1) * NODE_WORDS + N.anchor] as number) - 1;
  }

  /** Node + 1 of the first member; 0 = none. */
  first(anchor: number): number {
    return this.#anchors[anchor * ANCHOR_WORDS + A.first] as number;
  }

  next(nodePlusOne: number): number {
    return this.#nodes[(nodePlusOne - 1) * NODE_WORDS + N.after] as number;
  }

  recordOf(nodePlusOne: number): number {
    return this.#nodes[(nodePlusOne - 1) * NODE_WORDS + N.record] as number;
  }

  /** Uses of the key that a node belongs to. */
  usesAt(nodePlusOne: number): number {
    const anchor = (this.#nodes[(nodePlusOne - 1) * NODE_WORDS + N.anchor] as number) - 1;
    return anchor < 0 ? 1 : this.usesOf(anchor);
  }

  #isOld(anchor: number): boolean {
    const touched = this.#times[(anchor * ANCHOR_WORDS) / 2] as number;
    return touched + this.#keepMs < (this.now[0] as number);
  }

  #isQuiet(anchor: number): boolean {
    if (!this.#isOld(anchor)) return false;
    for (let node = this.first(anchor); node > 0; node = this.next(node)) {
      if (this.#isKept(this.recordOf(node))) return false;
    }
    return true;
  }

  #newAnchor(lo: number, hi: number): number {
    this.#removeQuiet();
    if (this.#index.count >= this.#anchorsMax) {
      this.evicted++;
      this.#removeAnchor(this.#oldest - 1);
    }
    const anchors = this.#anchors;
    const anchor = this.#anchorFree > 0 ? this.#anchorFree - 1 : this.#anchorNext++;
    if (this.#anchorFree > 0) {
      this.#anchorFree = anchors[anchor * ANCHOR_WORDS + A.newer] as number;
    }
    const a = anchor * ANCHOR_WORDS;
    anchors.fill(0, a, a + ANCHOR_WORDS);
    anchors[a + A.lo] = lo;
    anchors[a + A.hi] = hi;
    this.#index.insert(lo, anchor);
    return anchor;
  }

  /** Looks at the two that come first. */
  #removeQuiet(): void {
    for (let k = 0; k < 2; k++) {
      const oldest = this.#oldest - 1;
      if (oldest < 0 || !this.#isOld(oldest)) return;
      if (this.#isQuiet(oldest)) this.#removeAnchor(oldest);
      else {
        this.#unlinkAnchor(oldest);
        this.#linkAnchor(oldest);
      }
    }
  }

  #removeAnchor(anchor: number): void {
    const anchors = this.#anchors;
    const a = anchor * ANCHOR_WORDS;
    for (let node = anchors[a + A.first] as number; node > 0; node = this.next(node)) {
      this.#nodes[(node - 1) * NODE_WORDS + N.anchor] = 0;
    }
    this.#index.remove(anchors[a + A.lo] as number, anchor);
    this.#unlinkAnchor(anchor);
    anchors[a + A.newer] = this.#anchorFree;
    this.#anchorFree = anchor + 1;
  }

  #linkAnchor(anchor: number): void {
    const anchors = this.#anchors;
    const a = anchor * ANCHOR_WORDS;
    anchors[a + A.older] = this.#newest;
    anchors[a + A.newer] = 0;
    if (this.#newest > 0) anchors[(this.#newest - 1) * ANCHOR_WORDS + A.newer] = anchor + 1;
    else this.#oldest = anchor + 1;
    this.#newest = anchor + 1;
  }

  #unlinkAnchor(anchor: number): void {
    const anchors = this.#anchors;
    const older = anchors[anchor * ANCHOR_WORDS + A.older] as number;
    const newer = anchors[anchor * ANCHOR_WORDS + A.newer] as number;
    if (older > 0) anchors[(older - 1) * ANCHOR_WORDS + A.newer] = newer;
    else this.#oldest = newer;
    if (newer > 0) anchors[(newer - 1) * ANCHOR_WORDS + A.older] = older;
    else this.#newest = older;
  }
}
