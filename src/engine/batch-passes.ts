// What the two ways of deciding a batch have in common: tile-passes.ts with one worker, range-passes.ts with
// several.

import type { Clock } from '../base/clock.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import type { RowTable } from '../domain/verdict.ts';
import { ROW, ROW_FLAG, slotWord } from '../domain/row-layout.ts';
import type { BatchDecoder } from './batch-decoder.ts';
import type { BatchView } from './batch-view.ts';
import type { LifeOutput, LifeWalk } from './life/life-walk.ts';
import type { RowEncoder } from './row-encoder.ts';
import type { WorkerProgram } from './worker-program.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const { bad: BAD, decided: DECIDED } = ROW_FLAG;
const SHARDS: number = SHARD_COUNT;

export const PASSES = ['decode', 'repeats', 'windows', 'score', 'life', 'encode'] as const;

/** What one worker decides with. */
export interface PassParts {
  readonly program: WorkerProgram;
  readonly clock: Clock;
  readonly decoder: BatchDecoder;
  readonly encoder: RowEncoder;
  /** Of the worker that walks payments' lives. */
  readonly walk: LifeWalk | null;
}

/** What main weaves in between rows' decisions; see BatchResult. */
export interface Woven {
  readonly life: LifeOutput | null;
  readonly cuts: Int32Array | null;
}

/** Steps of a batch as this worker takes them. */
export interface BatchPasses {
  /** Time in each of PASSES so far, ms. */
  readonly passMs: Float64Array;
  /** Decides the rows of `batch` from the stream time before it; gives that after it. */
  run(batch: BatchView, rowCount: number, streamTimeMs: number): number;
  /** Of the batch that was run last. */
  readonly woven: Woven;
  resetTimes(): void;
}

/** Rows whose ids one worker owns: good ones, and bad ones that are told under their id. */
export class OwnRows {
  /** The first so many as the last call gave. */
  readonly rows: Int32Array;
  readonly #idWord: number;
  readonly #stride: number;
  /** Of each shard 0 where it is this worker's, else -1. */
  readonly #shards: Int32Array;

  constructor(program: WorkerProgram, shards: Int32Array, rowsMax: number) {
    this.rows = new Int32Array(rowsMax);
    this.#idWord = slotWord(program.rows, 'id');
    this.#stride = program.rows.strideBytes / 4;
    this.#shards = shards;
  }

  /** Lists those among rows [from, to) of a table; gives their number. */
  list({ i32 }: RowTable, from: number, to: number): number {
    const { rows } = this;
    const shards = this.#shards;
    let count = 0;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      if (((i32[at + FLAGS_WORD] as number) & (BAD | DECIDED)) === BAD) continue;
      if (shards[(i32[at + this.#idWord] as number) & (SHARDS - 1)] !== 0) continue;
      rows[count++] = row;
    }
    return count;
  }
}
