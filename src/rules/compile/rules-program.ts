// A plan's rules, compiled: score() sets the bits of the rules that fire on a tile's rows, decide()
// makes a row's verdict of them, `evidence` says why. One program a worker. A row costs a few ns a
// rule; only rows with a fired rule come to decide and evidence. Nothing is allocated for a row.

import { assert } from '../../base/assert.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../../domain/row-layout.ts';
import type { EvidenceReader, RowTable, Verdict } from '../../domain/verdict.ts';
import type { ConstantPool } from '../runtime/constant-pool.ts';
import type { RuleRuntime } from '../runtime/rule-runtime.ts';
import type { ChunkFunction, Chunks } from './chunks.ts';
import { SCORED_ROWS_MAX, compileChunks } from './chunks.ts';
import type { BoundTable } from './deciding.ts';
import { Decider } from './deciding.ts';
import { CompiledEvidence } from './evidence.ts';

// More rows are scored in several goes.
const TILE_ROWS: number = SCORED_ROWS_MAX;
/** Feature tables that are bound in turn: of the batches in use, and of payments that live on. */
const FEATURE_TABLES = 5;

const SCORED_MASK = ROW_FLAG.bad | ROW_FLAG.decided | ROW_FLAG.repeat;

export interface RulesProgramOptions {
  readonly pool: ConstantPool;
  readonly runtime: RuleRuntime;
}

export class RulesProgram {
  /** Int32 words of `fired` a row; bit r & 31 of word r >> 5 is rule r. */
  readonly firedWords: number;
  readonly evidence: EvidenceReader;
  /** Bits of life rules, by word of `fired`. */
  readonly lifeBits: Int32Array;
  readonly #rowChunks: Chunks;
  readonly #lifeChunks: Chunks;
  readonly #decider: Decider;
  readonly #evidence: CompiledEvidence;
  readonly #strideWords: number;
  readonly #rows = new Int32Array(TILE_ROWS);
  readonly #lookups: Int32Array;
  readonly #one = new Int32Array(1);
  readonly #runtime: RuleRuntime;
  readonly #bound: BoundTable = {
    i32: new Int32Array(0),
    f64: new Float64Array(0),
    F: new Float64Array(0),
    FI: new Int32Array(0),
  };
  #fired: Int32Array = new Int32Array(0);
  #featureBytes: Uint8Array = new Uint8Array(0);
  readonly #views: Uint8Array[] = [];

  constructor(
    plan: Plan,
    layout: RowLayout,
    features: FeatureLayout | null,
    options: RulesProgramOptions,
  ) {
    const { pool, runtime } = options;
    const context = { plan, layout, features, pool, runtime };
    this.#rowChunks = compileChunks(plan, false, layout, features, pool, runtime);
    this.#lifeChunks = compileChunks(plan, true, layout, features, pool, runtime);
    this.firedWords = this.#rowChunks.firedWords;
    this.lifeBits = new Int32Array(this.firedWords);
    plan.rules.forEach((rule, index) => {
      if (!rule.isLife) return;
      this.lifeBits[index >> 5] = (this.lifeBits[index >> 5] as number) | (1 << (index & 31));
    });
    this.#decider = new Decider(context, this.firedWords, this.#bound);
    this.#evidence = new CompiledEvidence(context, this.#bound, (rule, row) =>
      this.#decider.scoreOf(rule, row),
    );
    this.evidence = this.#evidence;
    this.#strideWords = layout.strideBytes / 4;
    const { lookupCount } = this.#rowChunks;
    this.#lookups = new Int32Array(TILE_ROWS * Math.max(lookupCount, this.#lifeChunks.lookupCount));
    this.#runtime = runtime;
  }

  /** Names the tables that score, decide and evidence read, until the next call. */
  bind(table: RowTable, F: Float64Array, FI: Int32Array, fired: Int32Array): void {
    this.#bound.i32 = table.i32;
    this.#bound.f64 = table.f64;
    if (F !== this.#bound.F || FI !== this.#bound.FI) {
      assert(
        F.buffer === FI.buffer && F.byteOffset === FI.byteOffset,
        'FI is over the memory of F',
      );
      this.#bound.F = F;
      this.#bound.FI = FI;
      this.#featureBytes = this.#bytesOf(F);
    }
    this.#fired = fired;
    this.#runtime.bind(table.bytes, this.#featureBytes);
  }

  /** Writes the words of `fired` of rows [from, to); rows that are not decided anew get 0. */
  score(from: number, to: number): void {
    for (let start = from; start < to; start += TILE_ROWS) {
      this.#scoreTile(start, Math.min(to, start + TILE_ROWS));
    }
  }

  /** Fills the verdict of a scored row; gives the index of its outcome. */
  decide(row: number, verdict: Verdict): number {
    return this.#decider.decide(row, this.#fired, verdict);
  }

  /** Evaluates the life rules of one row of the bound tables anew; its other bits stay. */
  scoreLife(row: number): void {
    const fired = this.#fired;
    const base = row * this.firedWords;
    for (let word = 0; word < this.firedWords; word++) {
      fired[base + word] = (fired[base + word] as number) & ~(this.lifeBits[word] as number);
    }
    this.#one[0] = row;
    this.#run(this.#lifeChunks.lookups, this.#one, 1);
    this.#run(this.#lifeChunks.rules, this.#one, 1);
  }

  /**
   * The verdict of a payment that lives on: its row rules' scores were added up when it was decided
   * (`score`, NaN = none), and only the life rules are told in the evidence.
   */
  decideAgain(row: number, score: number, verdict: Verdict): number {
    return this.#decider.decideAgain(row, this.#fired, score, verdict);
  }

  /** Whether any rule fired on a scored row. */
  hasFired(row: number): boolean {
    const base = row * this.firedWords;
    for (let word = 0; word < this.firedWords; word++) {
      if (this.#fired[base + word] !== 0) return true;
    }
    return false;
  }

  /** Makes what is else made at a rule's first evidence. */
  prepareEvidence(): void {
    this.#evidence.prepare();
  }

  /** All generated source texts, for tests and inspection. */
  describeSources(): string[] {
    const evidence = this.evidence.templates.map((_, rule) => this.#evidence.sourceOf(rule));
    const chunks = [...this.#rowChunks.sources, ...this.#lifeChunks.sources];
    return [...chunks, ...this.#decider.sources, ...evidence];
  }

  /** The bytes of a feature table: two take turns where payments live on. */
  #bytesOf(F: Float64Array): Uint8Array {
    // No closure: where payments are decided again this is called twice a tile and each time.
    for (const known of this.#views) {
      if (known.buffer === F.buffer && known.byteLength === F.byteLength) return known;
    }
    const bytes = new Uint8Array(F.buffer, F.byteOffset, F.byteLength);
    this.#views.unshift(bytes);
    this.#views.length = Math.min(this.#views.length, FEATURE_TABLES);
    return bytes;
  }

  #scoreTile(from: number, to: number): void {
    const { i32 } = this.#bound;
    const fired = this.#fired;
    const rows = this.#rows;
    const stride = this.#strideWords;
    let count = 0;
    for (let row = from; row < to; row++) {
      const flags = i32[row * stride + ROW.flags / 4] as number;
      rows[count] = row;
      count += (flags & SCORED_MASK) === ROW_FLAG.decided ? 1 : 0;
    }
    if (count < to - from) fired.fill(0, from * this.firedWords, to * this.firedWords);
    if (count === 0) return;
    this.#runChunks(this.#rowChunks, count);
    this.#runChunks(this.#lifeChunks, count);
  }

  #runChunks({ lookups, lines, rules }: Chunks, count: number): void {
    const rows = this.#rows;
    lines.touchKeys(this.#bound.i32, rows, count);
    this.#run(lookups, rows, count);
    lines.touchCells(this.#lookups, count);
    this.#run(rules, rows, count);
  }

  #run(functions: readonly ChunkFunction[], rows: Int32Array, count: number): void {
    const { i32, f64, F, FI } = this.#bound;
    for (const run of functions) run(i32, f64, F, FI, this.#lookups, rows, count, this.#fired);
  }
}

/** Compiles a plan's rules; `features` null where no rule reads one. */
export function compileRules(
  plan: Plan,
  layout: RowLayout,
  features: FeatureLayout | null,
  options: RulesProgramOptions,
): RulesProgram {
  return new RulesProgram(plan, layout, features, options);
}
