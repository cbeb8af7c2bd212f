// The keys of payments, for rows that are about one and lack them: plain lists, one a shard.

import type { Plan } from '../../src/domain/plan.ts';
import { filledKeys } from '../../src/engine/life/life-needs.ts';
import type { PreparedPlan, Value } from '../../src/rules/interpret/interpreter.ts';
import type { OracleRow } from './rows.ts';
import { shardOf } from './shard.ts';

interface Entry {
  readonly id: string;
  readonly since: number;
  raw: readonly Value[];
}

export class PaymentKeys {
  readonly #plan: Plan;
  readonly #prepared: PreparedPlan;
  /** Names of the fields that are filled. */
  readonly #filled: readonly string[];
  readonly #shards = new Map<number, Entry[]>();

  constructor(prepared: PreparedPlan) {
    this.#prepared = prepared;
    this.#plan = prepared.plan;
    this.#filled = filledKeys(prepared.plan);
  }

  /** A payment is kept from its row on for `keep.payments`. */
  keep(row: OracleRow, now: number): void {
    if (this.#filled.length === 0) return;
    const shard = this.#fresh(row.id, now);
    const known = shard.find((entry) => entry.id === row.id);
    if (known !== undefined) {
      known.raw = row.raw;
      return;
    }
    if (shard.length >= this.#plan.limits.pending) shard.shift();
    shard.push({ id: row.id, since: now, raw: row.raw });
  }

  /** The row's values with the keys that it lacks and its payment has. */
  fill(row: OracleRow, now: number): readonly Value[] {
    const of = row.raw[this.#prepared.fields.findIndex(({ name }) => name === 'of')];
    if (this.#filled.length === 0 || typeof of !== 'string') return row.raw;
    const payment = this.#fresh(of, now).find((entry) => entry.id === of);
    if (payment === undefined) return row.raw;
    return row.raw.map((value, number) => {
      const isFilled = this.#filled.includes(this.#prepared.fields[number]?.name ?? '');
      return value === undefined && isFilled ? payment.raw[number] : value;
    });
  }

  /** The shard of an id, without what is too old. */
  #fresh(id: string, now: number): Entry[] {
    const number = shardOf(id);
    const all = this.#shards.get(number) ?? [];
    const fresh = all.filter(({ since }) => since + this.#plan.life.keepMs >= now);
    this.#shards.set(number, fresh);
    return fresh;
  }
}
