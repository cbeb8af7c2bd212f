// What the model of payments' lives keeps: records in a Map, payment codes, what is in flight on each
// terminal, and rows that wait, as plain arrays. Nothing is decided here.

import type { Decision } from '../../src/domain/decision.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { PreparedPlan } from '../../src/rules/interpret/interpreter.ts';
import type { Code, Kept } from './life-record.ts';
import { isInFlight, refundsOf } from './life-record.ts';
import type { SeenPayment } from './life-view.ts';
import { textField } from './life-view.ts';
import { convert } from './money.ts';
import type { OracleRow } from './rows.ts';
import { shardOf } from './shard.ts';

/** none: no decision can be held. held: those that are. all: every payment. */
type Mode = 'none' | 'held' | 'all';

/** The newest decision of a record that has left, until its id is surely forgotten. */
interface Left {
  readonly newest: Decision;
  readonly content: string;
  readonly until: number;
}

interface Waiting {
  readonly row: OracleRow;
  readonly of: string;
  readonly since: number;
}

function modeOf(plan: Plan): Mode {
  if (plan.rules.some((rule) => rule.isLife)) return 'all';
  const canHold =
    plan.score.hold !== null ||
    plan.rules.some(({ mode, outcome }) => mode === 'live' && outcome === 'hold');
  const canReverse =
    plan.score.reverse !== null || plan.rules.some(({ outcome }) => outcome === 'reverse');
  return canHold || (canReverse && plan.life.rails.length > 0) ? 'held' : 'none';
}

export class LifeStore {
  readonly prepared: PreparedPlan;
  readonly plan: Plan;
  readonly mode: Mode;
  readonly kept: Map<string, Kept> = new Map();
  /** Stream time in hand; of a timer its instant. */
  now: number = -Infinity;
  readonly #perShard: number;
  readonly #waitingMax: number;
  readonly #seesFaults: boolean;
  readonly #seesCodes: boolean;
  readonly #left = new Map<string, Left>();
  readonly #codes = new Map<string, Code>();
  /** Payments in flight by terminal, in the order in which they came. */
  readonly #flights = new Map<string, Kept[]>();
  #waiting: Waiting[] = [];
  #sequence = 0;
  #touches = 0;

  constructor(prepared: PreparedPlan) {
    const { plan } = prepared;
    this.prepared = prepared;
    this.plan = plan;
    this.mode = modeOf(plan);
    this.#perShard = Math.max(2, plan.limits.pending);
    this.#waitingMax = Math.max(1, Math.ceil(this.#perShard / 16)) * 16;
    const names = plan.life.fields.map(({ name }) => name);
    this.#seesFaults = names.some((name) => name.startsWith('event.'));
    this.#seesCodes = this.#seesFaults || names.some((name) => /\.code(State|Uses)$/.test(name));
  }

  nextSequence(): number {
    return this.#sequence++;
  }

  nextTouch(): number {
    return this.#touches++;
  }

  text(row: OracleRow, name: string): string | undefined {
    return textField(this.prepared, row, name);
  }

  /** Minor units of the plan's currency; a row without a currency of its own is in the payment's. */
  amountOf(row: OracleRow, payment: Kept): number | undefined {
    const amount = row.raw[this.prepared.fields.findIndex(({ name }) => name === 'amount')];
    const currency = this.text(row, 'currency') ?? this.text(payment.row, 'currency');
    return typeof amount === 'number' ? convert(this.plan, amount, currency) : undefined;
  }

  isKept(record: Kept): boolean {
    const isRecent = record.touchedAt + this.plan.life.keepMs >= this.now;
    return isRecent || (record.hold !== null && record.hold.endsAt >= this.now);
  }

  find(id: string): Kept | undefined {
    const record = this.kept.get(id);
    return record !== undefined && this.isKept(record) ? record : undefined;
  }

  payment(id: string): Kept | undefined {
    const record = this.find(id);
    return record?.kind === 'payment' ? record : undefined;
  }

  paymentOf(row: OracleRow): Kept | undefined {
    const of = this.text(row, 'of');
    return of === undefined ? undefined : this.payment(of);
  }

  touch(record: Kept): void {
    record.touchedAt = this.now;
    record.touchOrder = this.#touches++;
  }

  seen(payment: Kept): SeenPayment {
    const { row, life, code } = payment;
    return { row, life: { ...life }, codeUses: code?.uses, ...refundsOf(life) };
  }

  drop(record: Kept): void {
    this.kept.delete(record.id);
    this.#left.set(record.id, this.#asLeft(record));
    this.leave(record);
  }

  #asLeft({ newest, row: { content }, touchedAt }: Kept): Left {
    return { newest, content, until: touchedAt + this.plan.repeats.forMs };
  }

  /** Of an id that is not kept, whose newest decision was an amendment, or a new one of the same id. */
  leftOf(id: string): Left | undefined {
    const record = this.kept.get(id);
    const left = record === undefined ? this.#left.get(id) : this.#asLeft(record);
    return left !== undefined && left.newest.revision > 0 && left.until >= this.now
      ? left
      : undefined;
  }

  /** It is no longer among those with its code, nor on its terminal. */
  leave(record: Kept): void {
    const { code } = record;
    if (code !== undefined) code.members = code.members.filter((one) => one !== record);
    for (const [terminal, flights] of this.#flights) {
      this.#flights.set(
        terminal,
        flights.filter((one) => one !== record),
      );
    }
  }

  /** The code of a payment, touched now. */
  codeOf(row: OracleRow): Code | undefined {
    const name = this.text(row, 'paymentCode');
    if (name === undefined || this.mode !== 'all' || !this.#seesCodes) return undefined;
    const { keepMs } = this.plan.life;
    const known = this.#codes.get(name);
    const isKnown =
      known !== undefined &&
      (known.touchedAt + keepMs >= this.now || known.members.some((one) => this.isKept(one)));
    const code: Code = isKnown
      ? known
      : { code: name, state: undefined, uses: 0, touchedAt: this.now, members: [] };
    code.touchedAt = this.now;
    this.#codes.set(name, code);
    return code;
  }

  move(payment: Kept, kind: string, amount: number | undefined): void {
    const { life } = payment;
    if (kind === 'refund') {
      life.refundedAmount += amount ?? 0;
      life.refundCount++;
    } else life.isReversed = true;
    this.land(payment);
  }

  /** A payment that has just been decided is in flight on its terminal, if it is. */
  board(record: Kept): void {
    const terminal = this.text(record.row, 'terminal');
    const canFly = this.mode === 'all' && this.#seesFaults && record.kind === 'payment';
    if (!canFly || terminal === undefined || !isInFlight(record.life)) return;
    this.#flights.set(terminal, [...(this.#flights.get(terminal) ?? []), record]);
  }

  /** What has landed stays so. */
  land(record: Kept): void {
    const terminal = this.text(record.row, 'terminal');
    if (terminal === undefined || isInFlight(record.life)) return;
    const flights = this.#flights.get(terminal) ?? [];
    this.#flights.set(
      terminal,
      flights.filter((one) => one !== record),
    );
  }

  wait(row: OracleRow): void {
    const of = this.text(row, 'of');
    if (this.mode !== 'all' || of === undefined) return;
    this.#dropOverdue();
    if (this.#waiting.length >= this.#waitingMax) this.#waiting.shift();
    this.#waiting.push({ row, of, since: this.now });
  }

  #dropOverdue(): void {
    const { waitMs } = this.plan.life;
    this.#waiting = this.#waiting.filter(({ since }) => since + waitMs >= this.now);
  }

  /** Of a full shard the one whose last row is longest ago: it leaves before a record of `id` comes. */
  leavingFor(id: string): Kept | undefined {
    const stale = this.kept.get(id);
    if (stale !== undefined) this.drop(stale);
    const inShard = [...this.kept.values()]
      .filter((record) => record.shard === shardOf(id) && this.isKept(record))
      .toSorted((a, b) => a.touchOrder - b.touchOrder);
    return inShard.length < this.#perShard ? undefined : inShard[0];
  }

  /** What is in flight on a terminal. */
  flightsOn(terminal: string): Kept[] {
    return (this.#flights.get(terminal) ?? []).filter((one) => this.isKept(one));
  }

  /** What waited for an id, which waits no more. */
  takeWaiting(id: string): OracleRow[] {
    this.#dropOverdue();
    const mine = this.#waiting.filter((one) => one.of === id);
    this.#waiting = this.#waiting.filter((one) => one.of !== id);
    return mine.map(({ row }) => row);
  }
}
