// When a record has to be looked at again though nothing happens: at the end of its hold, at the next
// threshold of a clock that a life rule compares, at the end of the maintenance that it is in. One
// timer a record, the earliest of these; what the next one is, is worked out when it fires.
//
// A rule makes a timer only where it could fire once time has passed: its condition, with every part
// that hangs on time taken for true, must hold now. What else it says changes at events only, and those
// set timers anew. So a payment about which all is said makes none.

import { must } from '../../base/assert.ts';
import { GuardMaker } from './timer-guards.ts';
import type { TimerPlan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { CompileContext, CompiledRowFunction } from '../../rules/compile/row-function.ts';
import { compileRowFunction } from '../../rules/compile/row-function.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_FLAG } from '../../state/lives.ts';
import type { Lives } from '../../state/lives.ts';
import type { TimerHeap } from '../../state/timer-heap.ts';
import type { LifeRecords } from './life-records.ts';
import { RECORD_KIND } from './life-records.ts';

/** What a timer is for, as it stands in the record. */
export const TIMER = { none: 0, clock: 1, maintenance: 2, hold: 3 } as const;

/** The conditions of the rules that a timer is for, all that hangs on time taken for true. */
type Guards = readonly CompiledRowFunction[];

interface Clock {
  readonly guards: Guards;
  readonly ofPending: boolean;
  /** ms from the payment's time at which the comparison changes; NaN where `fn` gives the threshold. */
  readonly afterMs: number;
  readonly moreMs: number;
  readonly fn: CompiledRowFunction | null;
}

interface Row {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly F: Float64Array;
  readonly FI: Int32Array;
}

export class LifeTimers {
  readonly #clocks: readonly Clock[];
  readonly #ends: readonly { readonly guards: Guards; readonly end: CompiledRowFunction }[];
  readonly #lives: Lives;
  readonly #records: LifeRecords;
  readonly #heap: TimerHeap;
  #due = Infinity;
  #kind: number = TIMER.none;

  constructor(context: CompileContext, lives: Lives, records: LifeRecords, heap: TimerHeap) {
    const { plan, layout } = context;
    this.#lives = lives;
    this.#records = records;
    this.#heap = heap;
    const guards = new GuardMaker(context);
    this.#clocks = plan.life.timers.flatMap((timer) =>
      timer.kind === 'clock' ? [clockOf(context, layout, timer, guards.of(timer))] : [],
    );
    this.#ends = plan.life.timers.flatMap((timer) =>
      timer.kind === 'maintenance'
        ? [{ guards: guards.of(timer), end: endOf(context, timer) }]
        : [],
    );
  }

  get hasClocks(): boolean {
    return this.#clocks.length + this.#ends.length > 0;
  }

  /** Sets the record's timer from now on. `row`: where its values stand, as row `number`. */
  arm(record: number, row: Row, number: number): void {
    const { doubles, now } = this.#lives;
    const d = record * LIFE_DOUBLES;
    const held = doubles[d + LIFE_D.heldMs] as number;
    this.#due = Infinity;
    this.#kind = TIMER.none;
    // A hold that is over when it begins ends at once: time does not go back.
    const endMs = Math.max(held, now[0] as number);
    if (held === held) this.#consider(endMs, TIMER.hold);
    const isForced = this.#records.hasFlag(record, LIFE_FLAG.forced);
    if (this.#records.get(record, LIFE_B.kind) === RECORD_KIND.payment && !isForced) {
      this.#considerClocks(record, row, number);
      for (let k = 0; k < this.#ends.length; k++) {
        const { guards, end } = this.#ends[k] as { guards: Guards; end: CompiledRowFunction };
        const due = end.run(row.i32, row.f64, row.F, row.FI, number);
        if (!(due > (now[0] as number)) || !mayFire(guards, row, number)) continue;
        this.#consider(due, TIMER.maintenance);
      }
    }
    this.#records.set(record, LIFE_B.timer, this.#kind);
    this.#heap.due[0] = this.#due;
    this.#heap.sequence[0] = doubles[d + LIFE_D.sequence] as number;
    this.#heap.set(record);
  }

  #considerClocks(record: number, row: Row, number: number): void {
    const { doubles, now } = this.#lives;
    const time = doubles[record * LIFE_DOUBLES + LIFE_D.timeMs] as number;
    const isPending = this.#records.isPending(record);
    for (let k = 0; k < this.#clocks.length; k++) {
      const { guards, ofPending, afterMs, moreMs, fn } = this.#clocks[k] as Clock;
      if ((ofPending && !isPending) || !mayFire(guards, row, number)) continue;
      // Times are whole ms: a threshold that is passed is passed by 1 ms at the latest.
      const after =
        fn === null ? afterMs : fn.run(row.i32, row.f64, row.F, row.FI, number) + moreMs;
      const due = time + (moreMs === 1 ? Math.floor(after) : Math.ceil(after));
      if (due > (now[0] as number)) this.#consider(due, TIMER.clock);
    }
  }

  #consider(due: number, kind: number): void {
    if (!(due < this.#due)) return;
    this.#due = due;
    this.#kind = kind;
  }
}

function mayFire(guards: Guards, row: Row, number: number): boolean {
  for (let k = 0; k < guards.length; k++) {
    const guard = guards[k] as CompiledRowFunction;
    if (guard.run(row.i32, row.f64, row.F, row.FI, number) === 1) return true;
  }
  return false;
}

function clockOf(
  context: CompileContext,
  layout: RowLayout,
  timer: Extract<TimerPlan, { kind: 'clock' }>,
  guards: Guards,
): Clock {
  const { field, threshold, isStrict } = timer;
  const moreMs = isStrict ? 1 : 0;
  const ofPending = must(layout.fields[field], 'clock').name === 'payment.pendingFor';
  const isLiteral = threshold.op === 'number';
  return {
    guards,
    ofPending,
    afterMs: isLiteral ? threshold.value + moreMs : NaN,
    moreMs,
    fn: isLiteral ? null : compileRowFunction(context, (emitter) => emitter.number(threshold)),
  };
}

function endOf(
  context: CompileContext,
  timer: Extract<TimerPlan, { kind: 'maintenance' }>,
): CompiledRowFunction {
  const { register, scope } = timer;
  const now = context.layout.fields.findIndex(({ name }) => name === 'payment.now');
  const { text, at } = scope;
  const number = context.pool.maintenanceOf(register);
  return compileRowFunction(context, (emitter) => {
    const { lo, hi, length } = emitter.string(scope);
    const time = emitter.number({ op: 'field', field: now, type: 'time', text, at });
    return `rt.maintenanceEnd(${[number, lo, hi, length, time].join(', ')})`;
  });
}
