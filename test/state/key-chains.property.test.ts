// Chains of members by key against a Map of arrays: keys that are forgotten when they have been quiet, or
// at the limit, members that come and go, and that count no more before they go.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { KeyChains } from '../../src/state/key-chains.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const RECORDS = 30;

interface Key {
  readonly name: number;
  touched: number;
  state: number;
  uses: number;
  members: Member[];
}

interface Member {
  readonly record: number;
  readonly node: number;
  /** undefined = the key has left. */
  key: Key | undefined;
}

class Plain {
  readonly #keepMs: number;
  readonly #anchorsMax: number;
  readonly #isKept: (record: number) => boolean;
  keys: Key[] = [];
  evicted = 0;
  now = 0;

  constructor(keepMs: number, anchorsMax: number, isKept: (record: number) => boolean) {
    this.#keepMs = keepMs;
    this.#anchorsMax = anchorsMax;
    this.#isKept = isKept;
  }

  find(name: number): Key | undefined {
    return this.keys.find((key) => key.name === name && !this.#isQuiet(key));
  }

  take(name: number): Key {
    const known = this.find(name);
    // What is quiet under this name, what is quiet among the first, or the first at the limit, makes room.
    if (known === undefined) {
      for (const key of this.keys.filter((one) => one.name === name)) this.forget(key);
      this.#makeRoom();
    }
    const key = known ?? { name, touched: 0, state: 0, uses: 0, members: [] };
    this.keys = [...this.keys.filter((one) => one !== key), key];
    key.touched = this.now;
    return key;
  }

  #makeRoom(): void {
    for (let look = 0; look < 2; look++) {
      const [first] = this.keys;
      if (first === undefined || first.touched + this.#keepMs >= this.now) break;
      if (this.#isQuiet(first)) this.forget(first);
      else this.keys = [...this.keys.slice(1), first];
    }
    const [first] = this.keys;
    if (first === undefined || this.keys.length < this.#anchorsMax) return;
    this.forget(first);
    this.evicted++;
  }

  forget(key: Key): void {
    this.keys = this.keys.filter((one) => one !== key);
    for (const member of key.members) member.key = undefined;
  }

  leave(member: Member): void {
    const { key } = member;
    if (key === undefined) return;
    key.members = key.members.filter((one) => one !== member);
    if (key.members.length === 0 && this.#keepMs === 0) this.forget(key);
  }

  #isQuiet({ touched, members }: Key): boolean {
    return touched + this.#keepMs < this.now && !members.some(({ record }) => this.#isKept(record));
  }
}

describe('keys and their members', () => {
  test.each(Array.from({ length: runs(60) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const keepMs = random.pick([0, 10, 1000]);
    const anchorsMax = random.pick([3, 20]);
    const gone = new Set<number>();
    const isKept = (record: number): boolean => !gone.has(record);
    const chains = new KeyChains({ anchorsMax, nodesMax: RECORDS, keepMs, isKept });
    const plain = new Plain(keepMs, anchorsMax, isKept);
    const members = new Map<number, Member>();
    for (let step = 0; step < 600; step++) {
      plain.now += random.pick([0, 0, 1, 5, 11]);
      chains.now[0] = plain.now;
      const name = random.below(8);
      const record = random.below(RECORDS);
      const member = members.get(record);
      if (random.chance(0.5)) {
        const anchor = chains.take(name, -name);
        const key = plain.take(name);
        if (random.chance(0.3)) {
          key.state = 1 + random.below(5);
          chains.setState(anchor, key.state);
        }
        if (member === undefined) {
          const joined: Member = { record, node: chains.join(anchor, record), key };
          key.members.push(joined);
          key.uses++;
          gone.delete(record);
          members.set(record, joined);
        }
      } else if (member !== undefined && random.chance(0.6)) {
        if (random.chance(0.5)) chains.leave(member.node);
        else {
          chains.forget(member.node);
          if (member.key !== undefined) member.key.uses--;
        }
        plain.leave(member);
        members.delete(record);
      } else gone.add(record);

      for (let other = 0; other < 8; other++) {
        const anchor = chains.find(other, -other);
        const key = plain.find(other);
        expect(anchor >= 0, `step ${step}, key ${other}`).toBe(key !== undefined);
        if (key === undefined) continue;
        const found: number[] = [];
        for (let node = chains.first(anchor); node !== 0; node = chains.next(node)) {
          found.push(chains.recordOf(node));
        }
        expect(found).toEqual(key.members.map((one) => one.record));
        expect([chains.stateOf(anchor), chains.usesOf(anchor)]).toEqual([key.state, key.uses]);
        for (const { node } of key.members) {
          expect([chains.anchorOf(node), chains.usesAt(node)]).toEqual([anchor, key.uses]);
        }
      }
      expect(chains.memberCount).toBe(members.size);
      expect(chains.evicted).toBe(plain.evicted);
      for (const { node, key } of members.values()) {
        if (key === undefined) expect(chains.anchorOf(node)).toBe(-1);
      }
    }
  });
});
