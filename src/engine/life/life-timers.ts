// When a record has to be looked at again though nothing happens: at the end of its hold, at the next
// threshold of a clock that a life rule compares, at the end of the maintenance that it is in. One
// timer a record, the earliest of these; what the next one is, is worked out when it fires.
//
// A rule makes a timer only where it could fire once time has passed: its condition, with every part
// that hangs on time taken for true and no event there, must hold now. What else it says changes at events
// only, and those set timers anew. So a payment about which all is said makes none.

import { must } from '../../base/assert.ts';
import { GuardMaker } from './timer-guards.ts';
import type { TimerPlan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { CompileContext, CompiledRowFunction } from '../../rules/compile/row-function.ts';
import { compileRowFunction } from '../../rules/compile/row-function.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_FLAG } from '../../state/lives.ts';
import type { Lives } from '../../state/lives.ts';
import { RARE_D } from '../../state/rare-values.ts';
import type { TimerHeap } from '../../state/timer-heap.ts';
import type { LifeRecords } from './life-records.ts';
import { RECORD_KIND } from './life-records.ts';

/** What a timer is for, as it stands in the record. */
export const TIMER = { none: 0, clock: 1, maintenance: 2, hold: 3 } as const;

/** Of the rules that a timer is for: indexes into TimerCode.guards. */
type Guards = Int32Array;

interface Clock {
  readonly guards: Guards;
  readonly ofPending: boolean;
  /** ms from the payment's time at which the comparison changes; NaN where `fn` gives the threshold. */
  readonly afterMs: number;
  readonly moreMs: number;
  readonly fn: CompiledRowFunction | null;
}

interface End {
  readonly guards: Guards;
  readonly end: CompiledRowFunction;
}

/** The generated code of a plan's timers: made once, whatever is kept. */
export class TimerCode {
  readonly clocks: readonly Clock[];
  readonly ends: readonly End[];
  /** Conditions of rules as they may be at a timer. */
  readonly guards: readonly CompiledRowFunction[];

  constructor(context: CompileContext) {
    const { plan, layout } = context;
    const maker = new GuardMaker(context);
    this.clocks = plan.life.timers.flatMap((timer) =>
      timer.kind === 'clock' ? [clockOf(context, layout, timer, maker.of(timer))] : [],
    );
    this.ends = plan.life.timers.flatMap((timer) =>
      timer.kind === 'maintenance' ? [{ guards: maker.of(timer), end: endOf(context, timer) }] : [],
    );
    this.guards = maker.made;
  }
}

interface Row {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly F: Float64Array;
  readonly FI: Int32Array;
}

/** A guard's answer for the row in hand. */
const ANSWER = { none: 0, yes: 1, no: 2 } as const;

export class LifeTimers {
  readonly #code: TimerCode;
  readonly #answers: Uint8Array;
  readonly #lives: Lives;
  readonly #records: LifeRecords;
  readonly #heap: TimerHeap;
  #due = Infinity;
  #kind: number = TIMER.none;

  constructor(code: TimerCode, lives: Lives, records: LifeRecords, heap: TimerHeap) {
    this.#code = code;
    this.#answers = new Uint8Array(code.guards.length);
    this.#lives = lives;
    this.#records = records;
    this.#heap = heap;
  }

  get hasClocks(): boolean {
    return this.#code.clocks.length + this.#code.ends.length > 0;
  }

  /** Sets the record's timer from now on. `row`: where its values stand, as row `number`. */
  arm(record: number, row: Row, number: number): void {
    const { rare, now } = this.#lives;
    const held = rare.doubles[rare.at(record) + RARE_D.heldMs] as number;
    this.#due = Infinity;
    this.#kind = TIMER.none;
    // A hold that is over when it begins ends at once: time does not go back.
    const endMs = Math.max(held, now[0] as number);
    if (held === held) this.#consider(endMs, TIMER.hold);
    const isForced = this.#records.hasFlag(record, LIFE_FLAG.forced);
    if (this.#records.get(record, LIFE_B.kind) === RECORD_KIND.payment && !isForced) {
      for (let k = 0; k < this.#answers.length; k++) this.#answers[k] = ANSWER.none;
      this.#considerClocks(record, row, number);
      this.#considerEnds(row, number);
    }
    this.#records.set(record, LIFE_B.timer, this.#kind);
    this.#heap.due[0] = this.#due;
    this.#lives.readSequence(record, this.#heap.sequence);
    this.#heap.set(record);
  }

  #considerClocks(record: number, row: Row, number: number): void {
    const { clocks } = this.#code;
    const { doubles, now } = this.#lives;
    const time = doubles[record * LIFE_DOUBLES + LIFE_D.timeMs] as number;
    const isPending = this.#records.isPending(record);
    for (let k = 0; k < clocks.length; k++) {
      const { guards, ofPending, afterMs, moreMs, fn } = clocks[k] as Clock;
      if (ofPending && !isPending) continue;
      // Times are whole ms: a threshold that is passed is passed by 1 ms at the latest.
      const after =
        fn === null ? afterMs : fn.run(row.i32, row.f64, row.F, row.FI, number) + moreMs;
      const due = time + (moreMs === 1 ? Math.floor(after) : Math.ceil(after));
      if (!(due > (now[0] as number)) || !(due < this.#due)) continue;
      if (this.#mayFire(guards, row, number)) this.#consider(due, TIMER.clock);
    }
  }

  #considerEnds(row: Row, number: number): void {
    const { ends } = this.#code;
    const now = this.#lives.now[0] as number;
    for (let k = 0; k < ends.length; k++) {
      const { guards, end } = ends[k] as End;
      // A look into the register costs more than the guards, which few payments pass.
      if (!this.#mayFire(guards, row, number)) continue;
      const due = end.run(row.i32, row.f64, row.F, row.FI, number);
      if (due > now) this.#consider(due, TIMER.maintenance);
    }
  }

  #mayFire(guards: Guards, row: Row, number: number): boolean {
    for (let k = 0; k < guards.length; k++) {
      const guard = guards[k] as number;
      if (this.#answers[guard] === ANSWER.none) {
        const { run } = this.#code.guards[guard] as CompiledRowFunction;
        const holds = run(row.i32, row.f64, row.F, row.FI, number) === 1;
        this.#answers[guard] = holds ? ANSWER.yes : ANSWER.no;
      }
      if (this.#answers[guard] === ANSWER.yes) return true;
    }
    return false;
  }

  #consider(due: number, kind: number): void {
    if (!(due < this.#due)) return;
    this.#due = due;
    this.#kind = kind;
  }
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
