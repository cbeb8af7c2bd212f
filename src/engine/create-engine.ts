// The library: rules in, an engine that decides batches of bytes or of objects out.
//
//   bytes | objects ─► rows in the batch's slab ─► workers ─► decisions' bytes ─► objects
//
// decide() calls are queued: each sees the state that the calls before it left, in the order in which
// they were made. A call's rows stand in as many batches as they need. Objects are packed as msgpack,
// so both ways meet the same checks. Cost: packing and parsing, ~2 us a row, beside the decision
// itself; for streams of bytes the command line (`holdfast run`) does without.
// Deliberately absent: files and streams as input (transport has them), retries, a limit on the calls
// in the queue: the caller awaits what decide() returns.

import { availableParallelism } from 'node:os';
import { stoppedClock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { HashKey } from '../base/hash.ts';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { Decision } from '../domain/decision.ts';
import type { Plan, RuleMode } from '../domain/plan.ts';
import type { Format } from '../domain/ports.ts';
import type { Outcome } from '../domain/decision.ts';
import type { TransactionInput } from '../domain/transaction.ts';
import { formatProblem, loadRulesFile } from '../rules/front/load.ts';
import { memorySource } from '../transport/open-source.ts';
import { BATCH_BYTES_MIN } from '../transport/row-bounds.ts';
import { makeBatchInput, makeBatchMemory } from './batch.ts';
import { BATCH_ROWS_DEFAULT, Engine } from './engine.ts';
import {
  checkBatch,
  checkInstant,
  checkOptions,
  checkTimes,
  defaultWorkers,
  formatOf,
  takeArrival,
} from './library-arguments.ts';
import type { TakenArrival } from './library-arguments.ts';
import { RowPacker } from './pack-row.ts';
import { parseLines } from './parse-lines.ts';
import { runFileTests } from './rule-tests.ts';

export interface CreateEngineOptions {
  /** Path of the rules file. */
  readonly rules: string;
  /** Worker threads; default: one less than the machine runs at once, at least 1. */
  readonly workers?: number;
  /**
   * Called for each row that could not be read, one after another, before decide() resolves; its `row` and
   * `byte` count from the beginning of that call's batch. What it returns is awaited, and the calls of
   * decide() made since wait too: it must not wait for them, nor for close(). The first of what it throws,
   * or rejects with, rejects that decide() when all letters were handed over; the rows of the call have
   * been decided. Without it the first such row is told by a process warning.
   */
  readonly onDeadLetter?: (letter: DeadLetter) => unknown;
  /** Decisions list what shadow rules would have done; default false. */
  readonly emitShadow?: boolean;
  /** Of the hash that stands for strings: a secret of the installation. */
  readonly hashKey?: HashKey;
}

/** What the engine decides by. */
export interface PlanInfo {
  readonly ruleset: string;
  readonly version: string | null;
  readonly description: string | null;
  /** As `rulesHash` in each decision. */
  readonly hash: string;
  readonly currency: string | null;
  readonly timezone: string;
  readonly rules: readonly RuleInfo[];
  /** What the rules file should rather not say, each with its place. */
  readonly warnings: readonly string[];
}

/** When rows arrived: only then does the rules file's deadline count. */
export interface Arrival {
  /** ms since the epoch, of all rows, or a list of one a row */
  readonly arrivedMs: number | ArrayLike<number>;
  /** ms since the epoch, now: the rows' age is reckoned from it */
  readonly nowMs: number;
}

export interface RuleInfo {
  readonly id: string;
  readonly mode: RuleMode;
  readonly outcome: Outcome;
  /** Code; null of a rule that only scores. */
  readonly reason: string | null;
}

export interface DecisionEngine {
  readonly plan: PlanInfo;
  /**
   * Decides rows in order: NDJSON when the first byte that is not blank is ASCII or a byte-order mark's, else
   * concatenated msgpack maps; or objects. Bytes must stay as they are until it resolves. Resolves to the decisions in the rows' order: one a payment, refund or
   * reversal, one (`INVALID_INPUT`) for a bad row of these whose id can be read; and amendments of earlier
   * ones (they have a `cause`), each in its place: those that time caused before the row that made them
   * due, those that a row caused behind its own.
   *
   * Rejects with HoldfastError USAGE when the engine is closed, an argument is of the wrong kind or an object cannot
   * be packed (nothing of that call is then decided), IO_FAILED when what is to be kept fits in memory no more and
   * INTERNAL when a worker is lost (the engine is then of no more use).
   */
  decide(batch: Uint8Array | readonly TransactionInput[], arrival?: Arrival): Promise<Decision[]>;
  /**
   * Time passes, and no row comes: what falls due until `untilMs` (ms since the epoch; Infinity: until
   * nothing waits for time any more) is decided, as a row of that time would have it.
   */
  advance(untilMs: number): Promise<Decision[]>;
  /** Ends the workers when the calls made before are answered. Called again, it is the same ending. */
  close(): Promise<void>;
}

/**
 * Checks the rules, runs the tests in their file, starts and warms the workers.
 *
 * Rejects with HoldfastError RULES_REJECTED when the rules have problems or fail their tests (its
 * message lists all of them), IO_FAILED when there is no such file or too little memory, USAGE for a bad option.
 */
export async function createEngine(options: CreateEngineOptions): Promise<DecisionEngine> {
  checkOptions(options);
  const { rules: path, emitShadow, hashKey, onDeadLetter } = options;
  const workers = options.workers ?? defaultWorkers(availableParallelism());
  const loaded = await loadRulesFile(path);
  if (!loaded.ok) throw rejected(path, loaded.problems.map(formatProblem));
  const { plan, warnings } = loaded;
  // The workers compile and warm up while this thread runs the file's own tests.
  const starting = Engine.create({
    plan,
    workers,
    batchRowsMax: BATCH_ROWS_DEFAULT,
    inputFormat: 'msgpack',
    outputFormat: 'ndjson',
    // Nothing that decide() gives hangs on a clock.
    clock: stoppedClock,
    ...(emitShadow !== undefined && { emitShadow }),
    ...(hashKey !== undefined && { hashKey }),
  });
  // Seen below, where it is awaited.
  starting.catch(() => {});
  try {
    const failures = (await runFileTests(plan)).flatMap(({ problems }) => problems);
    if (failures.length > 0) throw rejected(path, failures);
  } catch (error) {
    await (await starting).close();
    throw error;
  }
  const engine = await starting;
  return new QueuedEngine(
    engine,
    planInfo(plan, warnings.map(formatProblem)),
    onDeadLetter ?? warnOnce(),
  );
}

function rejected(path: string, problems: readonly string[]): HoldfastError {
  const message = `Cannot use the rules file "${path}":\n${problems.join('\n')}`;
  return new HoldfastError('RULES_REJECTED', message, { path });
}

function planInfo(plan: Plan, warnings: readonly string[]): PlanInfo {
  const { ruleset, version, description, hash, currency, timezone } = plan;
  const rules = plan.rules.map(({ id, mode, outcome, reason }) => ({
    id,
    mode,
    outcome,
    reason: plan.reasons[reason]?.code ?? null,
  }));
  return { ruleset, version, description, hash, currency, timezone, rules, warnings };
}

/** Never silent: who gives no handler is told of the first bad row, and that there may be more. */
function warnOnce(): (letter: DeadLetter) => void {
  let isTold = false;
  return ({ code, message, row, byte }) => {
    if (isTold) return;
    isTold = true;
    process.emitWarning(
      `Row ${row} (byte ${byte}) of a batch could not be read. ${message}. Further ones are not told: pass onDeadLetter to createEngine.`,
      { type: 'HoldfastWarning', code },
    );
  };
}

class QueuedEngine implements DecisionEngine {
  readonly plan: PlanInfo;
  readonly #engine: Engine;
  readonly #onDeadLetter: (letter: DeadLetter) => unknown;
  readonly #packer = new RowPacker();
  /** Settles when all calls so far have; never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(engine: Engine, plan: PlanInfo, onDeadLetter: (letter: DeadLetter) => unknown) {
    this.#engine = engine;
    this.plan = plan;
    this.#onDeadLetter = onDeadLetter;
  }

  async decide(
    batch: Uint8Array | readonly TransactionInput[],
    arrival?: Arrival,
  ): Promise<Decision[]> {
    if (this.#isClosed) throw new HoldfastError('USAGE', 'Cannot decide: the engine is closed.');
    checkBatch(batch);
    const isBytes = batch instanceof Uint8Array;
    // Taken and packed now: what the caller does to them afterwards changes nothing.
    const taken = takeArrival(arrival);
    const bytes = isBytes
      ? batch
      : Buffer.concat(batch.map((row, index) => this.#packer.pack(row, index)));
    const format = isBytes ? formatOf(bytes) : 'msgpack';
    const rowCount = isBytes ? null : batch.length;
    const decisions = this.#last.then(() => this.#decideBytes(bytes, format, taken, rowCount));
    this.#last = decisions.catch(() => {});
    return decisions;
  }

  async advance(untilMs: number): Promise<Decision[]> {
    if (this.#isClosed) throw new HoldfastError('USAGE', 'Cannot advance: the engine is closed.');
    checkInstant(untilMs);
    const decisions = this.#last.then(async () => {
      const due: Decision[] = [];
      for await (const part of this.#engine.advance(untilMs, 0)) {
        for (const bytes of part) parseLines(bytes, due);
      }
      return due;
    });
    this.#last = decisions.catch(() => {});
    return decisions;
  }

  /** @param rowCount null where it takes framing to know it */
  async #decideBytes(
    bytes: Uint8Array,
    format: Format,
    arrival: TakenArrival | null,
    rowCount: number | null,
  ): Promise<Decision[]> {
    const arrivedMs = arrival === null ? undefined : arrivalOf(arrival);
    const nowMs = arrival?.nowMs ?? null;
    if (typeof arrival?.arrivedMs === 'object') {
      checkTimes(arrival.arrivedMs, rowCount ?? (await countRows(bytes, format)));
    }
    const source = memorySource(bytes, { format, clock: stoppedClock, name: 'memory', arrivedMs });
    const decisions: Decision[] = [];
    const letters: DeadLetter[] = [];
    for (;;) {
      const decided = await this.#engine.decideBatch((input) => source.read(input), format, nowMs);
      if (decided === null) break;
      // Parsed before the next batch: these bytes stand in memory that it will use.
      for (const part of decided.decisions) parseLines(part, decisions);
      for (const part of decided.letters) parseLines(part, letters);
    }
    await this.#deliver(letters);
    return decisions;
  }

  /** What goes wrong with a letter keeps back none of the others. */
  async #deliver(letters: readonly DeadLetter[]): Promise<void> {
    const failures: unknown[] = [];
    for (const letter of letters) {
      try {
        await this.#onDeadLetter(letter);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    await this.#engine.close();
  }
}

/** Rows in bytes, as the engine will find them. */
async function countRows(bytes: Uint8Array, format: Format): Promise<number> {
  const source = memorySource(bytes, { format, clock: stoppedClock });
  const input = makeBatchInput(
    makeBatchMemory({
      rowsMax: BATCH_ROWS_DEFAULT,
      bytesMax: BATCH_BYTES_MIN,
      workers: 0,
      outBytes: 0,
      deadBytes: 0,
      tableRows: 0,
      rowStrideBytes: 0,
      decodeAreaBytes: 0,
    }),
  );
  let rows = 0;
  while (await source.read(input)) rows += input.rowCount;
  return rows;
}

function arrivalOf({ arrivedMs }: TakenArrival): (row: number) => number {
  if (typeof arrivedMs === 'number') return () => arrivedMs;
  return (row) => arrivedMs[row] ?? NaN;
}
