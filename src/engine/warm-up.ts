// Warming a worker before it is ready: a synthetic stream against scratch state that takes every rare
// path (late rows, ties, repeats, missing keys, escapes, growth of rings, bad rows), so that V8 has
// seen and optimised all of it before the first real row. A branch first taken later would throw the
// optimised loop away: batches of half a millisecond became 9-120 ms for the next 60 of them.

import { Packr } from 'msgpackr';
import { systemClock } from '../base/clock.ts';
import { DEFAULT_HASH_KEY, hashString } from '../base/hash.ts';
import { Random } from '../base/random.ts';
import { isStringType } from '../domain/fields.ts';
import type { Format } from '../domain/ports.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { SHARDS } from '../domain/shards.ts';
import { textAt } from '../domain/text-column.ts';
import type { BatchSizes } from './batch.ts';
import { CONTROL, makeBatchMemory } from './batch.ts';
import { fillBatch, makeBatchView } from './batch-view.ts';
import type { BatchView } from './batch-view.ts';
import { BatchWorker } from './batch-worker.ts';
import { DeadLetterBox } from './dead-letter-box.ts';
import { TILE_ROWS } from './feature-pass.ts';
import { lifeModeOf } from './life/life-needs.ts';
import { OVERDUE } from './overdue.ts';
import type { WorkerProgram } from './worker-program.ts';

const ROWS = 2048;
const BATCH_ROWS_MAX = 512;
/** The rows are gone through again, on fresh state, until the code has been compiled. */
const ROUNDS_MIN = 2;
const WARM_MS = 220;

/** Runs `program`, whose state is empty, over synthetic rows and leaves it so. */
export function warmUp(program: WorkerProgram, format: Format, sizes: BatchSizes): void {
  program.rules.prepareEvidence();
  // Sizes as of the real batches: the program's scratch and temp areas stand where they put them.
  const view = makeBatchView(makeBatchMemory(sizes), 0, program, null);
  const runner = new BatchWorker({
    program,
    index: 0,
    workers: 1,
    clock: systemClock,
    letters: new DeadLetterBox(program.rows, 'warm-up'),
  });
  const source = new WarmRows(program, format);
  const rows = Array.from({ length: ROWS }, () => source.next());
  const batchRows = Math.min(BATCH_ROWS_MAX, sizes.rowsMax, sizes.bytesMax >> 12);
  const started = systemClock.monotonicMs();
  for (
    let round = 0;
    round < ROUNDS_MIN || systemClock.monotonicMs() - started < WARM_MS;
    round++
  ) {
    if (round > 0) {
      program.reset(true);
      runner.reset();
    }
    for (let from = 0; from < ROWS; from += batchRows) {
      fillBatch(view, rows.slice(from, from + batchRows));
      markSomeOverdue(program, view);
      runner.run(view, format, from, 0);
      allowAll(program, view);
    }
  }
  program.reset();
}

/** A few rows whose deadline has passed, where the plan has one. */
function markSomeOverdue(program: WorkerProgram, view: BatchView): void {
  if (program.plan.life.deadline === null) return;
  view.control[CONTROL.hasOverdue] = 1;
  for (let row = 0; row < (view.control[CONTROL.rowCount] as number); row++) {
    view.overdue[row] = row % 40 === 7 ? OVERDUE.fallback : row % 40 === 9 ? OVERDUE.evaluated : 0;
  }
}

/** Synthetic rows break most rules; the commonest decision of a real stream is warmed beside. */
function allowAll(program: WorkerProgram, view: BatchView): void {
  const { table } = program.bound;
  const { buffer } = view.out;
  buffer.at = 0;
  for (let row = 0; row < TILE_ROWS; row++) {
    const flags = table.i32[(row * program.rows.strideBytes + ROW.flags) / 4] as number;
    if ((flags & ROW_FLAG.bad) !== 0) continue;
    if (buffer.at + program.encoder.bytesMax > buffer.bytes.length) buffer.at = 0;
    program.encoder.allow(table, row, buffer);
  }
}

/** Of so many rows, one key in all of them: its rings grow past one page. */
const BURST_ROWS = 400;
const BURST_EVERY = 1024;
const ONE_SHARD_IDS = 700;
const RECENT_IDS = 50;

/** Shorter than a word that is copied at once, and longer. */
function warmId(count: number): string {
  return count % 2 === 0 ? `w${count}` : `warm-up-row-${count}`;
}

/** Rows as bytes of the input's format, a tenth of them rare in some way. */
class WarmRows {
  readonly #random = new Random(1);
  readonly #program: WorkerProgram;
  readonly #pack: (row: object) => Uint8Array;
  #time = Date.UTC(2026, 0, 1);
  #count = 0;
  #id = '';
  #idCount = 0;
  readonly #recent: string[] = [];
  readonly #newsShare: number;
  #previous: Uint8Array = new Uint8Array(0);

  constructor(program: WorkerProgram, format: Format) {
    this.#program = program;
    // Where payments live there is more to warm in what is told of them.
    this.#newsShare = lifeModeOf(program.plan) === 'all' ? 0.3 : 0.1;
    const packr = new Packr({ useRecords: false });
    const encoder = new TextEncoder();
    this.#pack =
      format === 'msgpack'
        ? (row) => packr.pack(row)
        : (row) => encoder.encode(this.#spell(JSON.stringify(row)));
  }

  /** Keys that no usual program writes so: escaped, with a blank behind, unknown. */
  #spell(text: string): string {
    const rare = this.#random.below(60);
    if (rare === 0) return text.replace('"kind":', '"kind" : ');
    if (rare === 1) return text.replace('"kind":', '"k\\u0069nd":');
    return rare === 2 ? text.replace('"kind":', '"unknown":{"a":[1,null]},"kind":') : text;
  }

  /** The first ones all of one shard, so that its list of ids goes from page to page. */
  #nextId(): string {
    for (;;) {
      const id = warmId(this.#idCount++);
      if (this.#count > ONE_SHARD_IDS) return id;
      if ((hashString(id, DEFAULT_HASH_KEY)[0] & (SHARDS - 1)) === 0) return id;
    }
  }

  next(): Uint8Array {
    const random = this.#random;
    const rare = random.below(400);
    if (rare === 0) return this.#previous;
    if (rare === 1) return this.#previous.subarray(0, this.#previous.length >> 1);
    const bytes = this.#pack(this.#row(rare));
    this.#previous = bytes;
    return bytes;
  }

  #row(rare: number): Record<string, unknown> {
    const random = this.#random;
    const isBurst = this.#count % BURST_EVERY < BURST_ROWS;
    // Mostly forward in time, some ties, sometimes months ahead so that everything turns over.
    if (isBurst) this.#time += 5;
    else if (rare === 2) this.#time += 40 * 86_400_000;
    else if (random.chance(0.9)) this.#time += random.below(60_000);
    const row: Record<string, unknown> = {};
    const { fields, inputFieldCount } = this.#program.rows;
    for (const field of fields.slice(0, inputFieldCount)) {
      if (field.neededBy.length === 0 && random.chance(isBurst ? 0.1 : 0.4)) continue;
      row[field.name] = this.#value(field.name, field.type, field.values, isBurst);
    }
    if (rare !== 3) this.#id = this.#nextId();
    row['id'] = this.#id;
    this.#recent[this.#count % RECENT_IDS] = this.#id;
    const kinds = ['refund', 'reversal', 'release', 'label', 'status', 'terminal', 'code'];
    row['kind'] = random.chance(this.#newsShare) ? random.pick(kinds) : 'payment';
    // Late within an entity's own rows, and beyond any lateness.
    if (rare > 380) row['time'] = this.#time - random.below(isBurst ? 50 : 60_000);
    else row['time'] = rare > 376 ? this.#time - 86_400_000 : this.#time;
    if (rare === 4) delete row['account'];
    if (rare === 5) row['amount'] = 'not a number';
    this.#count++;
    return row;
  }

  #value(
    name: string,
    type: string,
    values: readonly string[] | undefined,
    isBurst: boolean,
  ): unknown {
    const random = this.#random;
    if (values !== undefined) return random.pick(values);
    if (name === 'currency') {
      const own = this.#program.plan.currency ?? 'EUR';
      return random.chance(0.95) ? own : random.pick(['USD', 'JPY', 'XXX']);
    }
    // Mostly of payments that came shortly before; some come later, some never.
    if (name === 'of') {
      if (random.chance(0.1)) return warmId(this.#idCount + random.below(3));
      return this.#recent[random.below(this.#recent.length)] ?? 'none';
    }
    const { rails } = this.#program.plan.life;
    if (name === 'rail' && rails.length > 0) return random.pick(rails).name;
    if (isStringType(type as 'string')) return this.#text(name, isBurst);
    // Often the place of the row before.
    if (type === 'latitude') return random.chance(0.5) ? 31.25 : random.below(1_800) / 10 - 90;
    if (type === 'longitude') return random.chance(0.6) ? 121.5 : random.below(3_600) / 10 - 180;
    if (type === 'boolean') return random.chance(0.5);
    if (type === 'number') return random.next() * 100;
    if (isBurst) return random.chance(0.9) ? 100 : random.below(1000);
    return random.chance(0.98) ? random.below(1_000_000) : 4.5e9;
  }

  /** Some keys are in the registers: what is found there is computed with. */
  #knownKey(name: string): string | null {
    const random = this.#random;
    for (const { keyColumns, keys, rowCount } of this.#program.plan.registers) {
      const texts = keys[keyColumns.indexOf(name)];
      if (texts === undefined || rowCount === 0 || random.chance(0.7)) continue;
      return textAt(texts, random.below(rowCount));
    }
    return null;
  }

  /** Texts as the functions over them want them, and some that they do not. */
  #text(name: string, isBurst: boolean): string {
    const random = this.#random;
    const kind = random.chance(0.9) ? name : '';
    if (kind === 'card') return random.pick(CARDS);
    if (kind === 'expiry') return random.pick(EXPIRIES);
    if (kind === 'softwareVersion') return random.pick(VERSIONS);
    const known = isBurst ? null : this.#knownKey(name);
    if (known !== null) return known;
    const key = isBurst && random.chance(0.95) ? 0 : random.below(300);
    const rare = random.below(60);
    return rare < ODD_TEXTS.length ? `${ODD_TEXTS[rare]}${name}-${key}` : `${name}-${key}`;
  }
}

const CARDS = ['4111111111111111', '4111111111111112', '371449635398431', 'tok_1a2b3c'];
const EXPIRIES = ['2512', '2601', '2613', '26', 'abcd', '9912', '0001'];
const VERSIONS = ['3.2.10', '3.2.9', '3.2', '3.10.1.4', '12', 'beta', '3..2'];
/** Escapes, and characters of two, three and four bytes. */
const ODD_TEXTS = ['"\n\\', 'é', '東京', '😀', ' '];
