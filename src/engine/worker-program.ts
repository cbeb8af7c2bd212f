// Everything one worker needs to decide rows by a plan, made from plain data: decoder, windows of
// its shards, compiled rules, encoder. The steps below work on rows [from, to) of whatever tables are
// bound; who runs which step on which rows, and when, is the runner's business (batch-worker.ts).

import type { HashKey } from '../base/hash.ts';
import type { DecisionEncoder, OutputBuffer } from '../codec/decision-writer.ts';
import { makeDecisionEncoder } from '../codec/decision-encoder.ts';
import { decodeAreaBytes } from '../codec/decode-area.ts';
import type { RowDecoder } from '../codec/row-decoder.ts';
import { createRowDecoder } from '../codec/row-decoder.ts';
import type { MoneyConversion } from '../domain/currencies.ts';
import { createMoneyConversion } from '../domain/currencies.ts';
import type { FeatureLayout } from '../domain/feature-layout.ts';
import { makeFeatureLayout } from '../domain/feature-layout.ts';
import type { Plan } from '../domain/plan.ts';
import type { Format } from '../domain/ports.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG, fieldNumber, makeRowLayout } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import type { CompileContext } from '../rules/compile/row-function.ts';
import type { RulesProgram } from '../rules/compile/rules-program.ts';
import { compileRules } from '../rules/compile/rules-program.ts';
import { ConstantPool } from '../rules/runtime/constant-pool.ts';
import { RuleRuntime } from '../rules/runtime/rule-runtime.ts';
import type { StateTables } from '../state/entity-state.ts';
import { OfKeys } from '../state/of-keys.ts';
import { Repeats, verdictOutcome } from '../state/repeats.ts';
import type { BatchSizes, MemoryPlaces } from './batch.ts';
import { makeCounters } from './counters.ts';
import { FeaturePass, makeStateTables } from './feature-pass.ts';
import { OverdueDecisions } from './life/overdue-decisions.ts';
import { LifeFill } from './life/life-fill.ts';
import { filledKeys, lifeModeOf, lifeReads } from './life/life-needs.ts';
import { LifePass } from './life/life-pass.ts';
import { LifeSlots } from './life/life-slots.ts';
import { TimerCode } from './life/life-timers.ts';
import { ScratchRow } from './life/scratch-row.ts';
import { VerdictBlocks } from './life/verdict-blocks.ts';
import { RowDecisions } from './row-decisions.ts';
import { KeyCollector } from './row-lists.ts';
import type { RoomOptions, StateRoom } from './state-room.ts';
import { ownRoom, warmingRoom } from './state-room.ts';
import { Watch } from './watch.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const VERDICT_WORD: number = ROW.verdict / 4;

export interface WorkerProgramOptions extends RoomOptions {
  readonly outputFormat: Format;
  readonly emitShadow: boolean;
  readonly watchesRates?: boolean;
  /** State is that of a warm-up, until the first reset(). */
  readonly startsWarming?: boolean;
  readonly hashKey: HashKey;
  readonly places: MemoryPlaces;
  /** False only in rules files' own tests, whose rows give just the keys that matter. */
  readonly requireKeys: boolean;
}

/** Fields that a plan reads: the rules' own, and lat and lon where a feature measures distances. */
export function rowLayoutOf(plan: Plan): RowLayout {
  const read = new Set([...plan.fieldsRead, ...lifeReads(plan)]);
  if (plan.features.some(({ fn }) => fn === 'distanceKm' || fn === 'speedKmh')) {
    read.add('lat').add('lon');
  }
  return makeRowLayout(
    plan.extraFields,
    read,
    plan.currency !== null,
    plan.life.fields,
    filledKeys(plan),
  );
}

/** What a batch's memory needs to know of a plan. */
export function recordSizesOf(plan: Plan): Pick<BatchSizes, 'rowStrideBytes' | 'decodeAreaBytes'> {
  const layout = rowLayoutOf(plan);
  return { rowStrideBytes: layout.strideBytes, decodeAreaBytes: decodeAreaBytes(layout) };
}

export class WorkerProgram {
  readonly plan: Plan;
  /** Rows of the record tables: a tile's with one worker, else a batch's. */
  readonly tableRows: number;
  readonly rows: RowLayout;
  readonly features: FeatureLayout;
  readonly rules: RulesProgram;
  readonly encoder: DecisionEncoder;
  /** Most bytes that encode() writes of a row: an overdue one gets two decisions. */
  readonly rowBytesMax: number;
  readonly passes: readonly FeaturePass[];
  readonly collectors: readonly KeyCollector[];
  readonly counters: Float64Array;
  repeats: Repeats;
  /** The life of payments; null where the plan has none, and with workers that do not walk. */
  life: LifePass | null;
  /** Rates of outcomes; null where they are not watched, and with workers that do not walk. */
  readonly watch: Watch | null;
  /** Keys of payments, for rows that are about one; null where no row gets any. */
  ofKeys: OfKeys | null;
  readonly #blocks: VerdictBlocks;
  readonly #fill: LifeFill | null;
  readonly #money: MoneyConversion | null;
  readonly #overdue: OverdueDecisions | null;
  /** What the life of payments needs beside its state: the same after each reset. */
  #lifeCode: { readonly timerCode: TimerCode; readonly scratch: ScratchRow } | null = null;
  readonly #decisions: RowDecisions;
  readonly #slots: LifeSlots;
  readonly #context: CompileContext;
  readonly #lifeTables: { table: RowTable; F: Float64Array; FI: Int32Array; fired: Int32Array };
  readonly #options: WorkerProgramOptions;
  readonly #tables: StateTables;
  readonly #stride: number;
  #room: StateRoom;
  readonly #decoders: Partial<Record<Format, RowDecoder>> = {};
  #fired: Int32Array = new Int32Array(0);
  #table: RowTable;

  constructor(options: WorkerProgramOptions) {
    const { plan, hashKey, workers } = options;
    const { tableRows, tempOffset } = options.places;
    this.#options = options;
    this.plan = plan;
    this.tableRows = tableRows;
    this.rows = rowLayoutOf(plan);
    this.#stride = this.rows.strideBytes / 4;
    const entities = plan.entities.length;
    this.features = makeFeatureLayout(plan.features, entities, tableRows, workers > 1);
    const pool = new ConstantPool(plan, hashKey);
    const runtime = new RuleRuntime(pool, tempOffset);
    this.#tables = makeStateTables({ runtime, pool });
    this.#room = options.startsWarming === true ? warmingRoom(plan) : ownRoom(options);
    this.passes = usedEntities(plan).map(
      (entity) =>
        new FeaturePass(
          entity,
          {
            plan,
            rows: this.rows,
            features: this.features,
            pool,
            runtime,
            hashKey,
            listRowsMax: tableRows,
          },
          this.#tables,
          this.#room,
        ),
    );
    this.collectors = this.passes.map(
      ({ layout }) =>
        new KeyCollector(plan, layout.entity, this.rows, layout.takesInforming, hashKey),
    );
    this.rules = compileRules(plan, this.rows, this.features, { pool, runtime });
    this.#context = { plan, layout: this.rows, features: this.features, pool, runtime };
    this.#money =
      plan.currency === null ? null : createMoneyConversion(plan.currency, plan.rates, hashKey);
    this.#blocks = new VerdictBlocks(plan, this.rows, pool);
    this.#slots = new LifeSlots(plan, this.rows, pool);
    this.#fill =
      lifeModeOf(plan) === 'all' ? new LifeFill(this.rows, pool, this.#slots, this.#blocks) : null;
    const { evidence } = this.rules;
    this.encoder = makeDecisionEncoder(options.outputFormat, {
      plan,
      layout: this.rows,
      evidence,
      emitShadow: options.emitShadow,
    });
    this.rowBytesMax = this.encoder.bytesMax * (plan.life.deadline === null ? 1 : 2);
    this.counters = makeCounters(plan);
    this.#overdue =
      plan.life.deadline === null
        ? null
        : new OverdueDecisions(plan, this.rows, this.encoder, this.#blocks);
    this.watch =
      options.watchesRates === true && options.index === 0
        ? new Watch({ plan, layout: this.rows })
        : null;
    this.repeats = this.#makeRepeats();
    this.ofKeys = this.#makeOfKeys();
    this.#table = {
      i32: this.#tables.i32,
      f64: this.#tables.f64,
      bytes: this.#tables.bytes,
      view: new DataView(new ArrayBuffer(8)),
    };
    const { rows, rules, encoder, counters } = this;
    const [blocks, overdue] = [this.#blocks, this.#overdue];
    this.#decisions = new RowDecisions(
      { plan, rows, rules, encoder, blocks, overdue, counters },
      this.#table,
    );
    const { F, FI } = this.#tables;
    this.#lifeTables = { table: this.#table, F, FI, fired: this.#fired };
    this.life = this.#makeLife();
  }

  /** The decoder of a format, made at its first use. */
  decoderOf(format: Format): RowDecoder {
    let decoder = this.#decoders[format];
    if (decoder === undefined) {
      const { hashKey, places, requireKeys } = this.#options;
      const { scratchOffset } = places;
      const [layout, money, areaOffset] = [this.rows, this.#money, places.decodeAreas[format]];
      const options = { layout, hashKey, scratchOffset, areaOffset, money, requireKeys };
      decoder = createRowDecoder(format, options);
      this.#decoders[format] = decoder;
    }
    return decoder;
  }

  /** Unknown keys of well-formed rows so far. */
  get unknownKeyCount(): number {
    const { ndjson, msgpack } = this.#decoders;
    return (ndjson?.unknownKeyCount ?? 0) + (msgpack?.unknownKeyCount ?? 0);
  }

  /**
   * Empty state, counters at zero: after the warm-up.
   * @param isWarming state that is soon thrown away
   */
  reset(isWarming: boolean = false): void {
    this.#room = isWarming ? warmingRoom(this.plan) : ownRoom(this.#options);
    for (const pass of this.passes) pass.state = pass.makeState(this.#room);
    this.repeats = this.#makeRepeats();
    this.ofKeys = this.#makeOfKeys();
    this.life = this.#makeLife();
    this.watch?.reset();
    this.counters.fill(0);
    for (const decoder of Object.values(this.#decoders)) decoder.unknownKeyCount = 0;
  }

  #makeOfKeys(): OfKeys | null {
    const { plan } = this.#options;
    if (filledKeys(plan).length === 0) return null;
    return new OfKeys({
      layout: this.rows,
      perShard: this.#room.payments,
      keepMs: plan.life.keepMs,
      shards: this.#room.shards,
    });
  }

  #makeLife(): LifePass | null {
    const { plan, index } = this.#options;
    const mode = lifeModeOf(plan);
    if (mode === 'none' || index !== 0) return null;
    this.#lifeCode ??= {
      timerCode: new TimerCode(this.#context),
      scratch: new ScratchRow(plan, this.rows, this.features),
    };
    const { timerCode, scratch } = this.#lifeCode;
    const life = new LifePass({
      mode,
      perShard: this.#room.payments,
      timerCode,
      plan,
      layout: this.rows,
      features: this.features,
      pool: this.#context.pool,
      rules: this.rules,
      encoder: this.encoder,
      counters: this.counters,
      blocks: this.#blocks,
      slots: this.#slots,
      scratch,
      fill: this.#fill,
      overdue: this.#overdue,
      money: this.#money,
      rescore: (row) => {
        this.#decisions.rescore(row);
      },
    });
    this.#context.runtime.bindLife(life.textBytes);
    life.bindBatch(this.#lifeTables);
    return life;
  }

  #makeRepeats(): Repeats {
    const { plan, places } = this.#options;
    return new Repeats({
      forMs: plan.repeats.forMs,
      idsMax: this.#room.ids,
      shards: this.#room.shards,
      rowStrideBytes: this.rows.strideBytes,
      idSlot: this.rows.slots[fieldNumber(this.rows, 'id')] as number,
      rowsMax: places.tableRows,
    });
  }

  /** The tables that all steps work on, until the next call. */
  bind(table: RowTable, F: Float64Array, FI: Int32Array, fired: Int32Array): void {
    this.#table = table;
    this.#fired = fired;
    this.#decisions.bind(table, fired);
    const tables = this.#tables;
    tables.i32 = table.i32;
    tables.f64 = table.f64;
    tables.F = F;
    tables.FI = FI;
    tables.bytes = table.bytes;
    this.rules.bind(table, F, FI, fired);
    const life = this.#lifeTables;
    life.table = table;
    life.F = F;
    life.FI = FI;
    life.fired = fired;
    this.life?.bindBatch(life);
  }

  /** The tables bound now. */
  get bound(): { readonly table: RowTable } {
    return { table: this.#table };
  }

  /** The feature table bound now, for inspection. */
  get boundFeatures(): { readonly F: Float64Array; readonly FI: Int32Array } {
    return this.#tables;
  }

  /** Scores rows and leaves each one's packed verdict in its record, for repeats of it. */
  score(from: number, to: number): void {
    const { i32, f64 } = this.#table;
    this.#fill?.rows(i32, f64, from, to);
    this.#decisions.score(from, to);
  }

  /** Writes the decision of a row, if it has one, into `out`; counts it. */
  encode(row: number, out: OutputBuffer): void {
    this.#decisions.encode(row, out);
  }

  /** Counts the outcomes of rows [from, to), in the order of the stream, for the watch over rates. */
  watchRows(from: number, to: number): void {
    const { watch } = this;
    if (watch === null) return;
    const table = this.#table;
    const mask = ROW_FLAG.bad | ROW_FLAG.decided | ROW_FLAG.repeat;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      if (((table.i32[at + FLAGS_WORD] as number) & mask) !== ROW_FLAG.decided) continue;
      const outcome = verdictOutcome(table.i32[at + VERDICT_WORD] as number);
      watch.observe(table, row, outcome, this.#fired, row * this.rules.firedWords);
    }
  }
}

/** Entities that some feature is of, by number: the others have no state. */
export function usedEntities(plan: Plan): number[] {
  return [...plan.entities.keys()].filter((entity) =>
    plan.features.some((feature) => feature.entity === entity),
  );
}
