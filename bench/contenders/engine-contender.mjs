// Holdfast as the benchmark drives it: one worker's program in the calling thread, warmed as the
// worker thread warms it, each batch filled first and timed from its bytes to its decisions' bytes.

import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';
import { DEFAULT_HASH_KEY } from '../../dist/base/hash.js';
import { systemClock } from '../../dist/base/clock.js';
import { makeBatchMemory, memoryPlaces } from '../../dist/engine/batch.js';
import { fillBatch, makeBatchView } from '../../dist/engine/batch-view.js';
import { BatchWorker } from '../../dist/engine/batch-worker.js';
import { DeadLetterBox } from '../../dist/engine/dead-letter-box.js';
import { TILE_ROWS } from '../../dist/engine/feature-pass.js';
import { warmUp } from '../../dist/engine/warm-up.js';
import { WorkerProgram, recordSizesOf } from '../../dist/engine/worker-program.js';
import { fourteenPlan } from '../inputs/plans.mjs';
import { BatchFiller, RowStream } from '../inputs/row-stream.mjs';
import { World } from '../inputs/world.mjs';

const ROW_BYTES = 640;
const OUT_BYTES_PER_ROW = 1024;

export class EngineContender {
  #position = { row: 0, byte: 0 };
  #fillers = new Map();

  /**
   * @param {{ accounts: number, seed: number, batchRows: number, chainShare?: number,
   *   visits?: number, spanMs?: number, outputFormat?: 'ndjson' | 'msgpack', plan?: object,
   *   warmFormats?: ('ndjson' | 'msgpack')[], withoutLife?: boolean }} options see RowStream; plan: else
   *   the fourteen rules; withoutLife: holds do not end, nothing is kept of payments
   */
  constructor(options) {
    const { accounts, batchRows, warmFormats = ['msgpack', 'ndjson'] } = options;
    this.batchRows = batchRows;
    this.world = new World(accounts);
    this.stream = new RowStream(this.world, options);
    const plan = options.plan ?? fourteenPlan(this.world);
    this.memory = makeBatchMemory({
      rowsMax: batchRows,
      bytesMax: Math.max(1 << 18, batchRows * ROW_BYTES),
      workers: 1,
      outBytes: Math.max(1 << 18, batchRows * OUT_BYTES_PER_ROW),
      deadBytes: 1 << 18,
      tableRows: TILE_ROWS,
      ...recordSizesOf(plan),
    });
    const { sizes } = this.memory;
    const started = performance.now();
    this.program = new WorkerProgram({
      plan,
      outputFormat: options.outputFormat ?? 'ndjson',
      emitShadow: false,
      hashKey: DEFAULT_HASH_KEY,
      index: 0,
      workers: 1,
      places: memoryPlaces(sizes, 0),
      requireKeys: true,
      startsWarming: true,
    });
    if (options.withoutLife === true) this.#dropLife();
    this.runner = new BatchWorker({
      program: this.program,
      index: 0,
      workers: 1,
      clock: systemClock,
      letters: new DeadLetterBox(this.program.rows, 'bench'),
    });
    this.view = makeBatchView(this.memory, 0, this.program, null);
    this.out = new Uint8Array(this.memory.out[0]);
    for (const format of warmFormats) {
      this.program.decoderOf(format).bind(this.view.table);
      warmUp(this.program, format, sizes);
    }
    this.program.reset();
    if (options.withoutLife === true) this.#dropLife();
    this.runner.reset();
    /** From the plan to a warm program. */
    this.readyMs = performance.now() - started;
  }

  /** What the life of payments costs is measured against a program without it. */
  #dropLife() {
    this.program.life = null;
  }

  /** Decides `rows` rows of the stream without measuring. */
  preload({ rows, format = 'ndjson' }) {
    this.round({ rows, format });
  }

  /** Fills one batch and returns the bytes in it. */
  fill(rowCount, format) {
    let filler = this.#fillers.get(format);
    if (filler === undefined) {
      filler = new BatchFiller(this.stream, format);
      this.#fillers.set(format, filler);
    }
    this.view.control[0] = rowCount;
    return filler.writeRows(this.view, rowCount);
  }

  /** Decides the filled batch. */
  run(format, rowCount, byteCount) {
    const result = this.runner.run(this.view, format, this.#position.row, this.#position.byte);
    this.#position.row += rowCount;
    this.#position.byte += byteCount;
    return result;
  }

  /**
   * Decides `rows` rows; only the deciding is timed.
   * @param {{ rows: number, format?: 'ndjson' | 'msgpack', isDisordered?: boolean,
   *   capture?: boolean }} options capture: keep the decisions' text
   */
  round({ rows, format = 'ndjson', isDisordered = false, capture = false }) {
    this.stream.isDisordered = isDisordered;
    const measured = { rows: 0, ms: 0, bytesIn: 0, bytesOut: 0, batchMs: [], text: '' };
    while (measured.rows < rows) {
      const count = Math.min(this.batchRows, rows - measured.rows);
      const bytes = this.fill(count, format);
      const started = performance.now();
      const result = this.run(format, count, bytes);
      const ms = performance.now() - started;
      measured.rows += count;
      measured.ms += ms;
      measured.batchMs.push(ms);
      measured.bytesIn += bytes;
      measured.bytesOut += result.out.regionBytes;
      for (const chunk of result.out.chunks) measured.bytesOut += chunk.length;
      if (capture) measured.text += this.#text(result);
    }
    return measured;
  }

  /** Decides rows given as bytes, at most a batch of them; gives ms, of the deciding only. */
  decideRows(rows, format = 'ndjson') {
    fillBatch(this.view, rows);
    const bytes = rows.reduce((sum, row) => sum + row.length, 0);
    const started = performance.now();
    this.run(format, rows.length, bytes);
    return performance.now() - started;
  }

  #text({ out }) {
    const parts = [this.out.subarray(0, out.regionBytes), ...out.chunks];
    return parts.map((part) => Buffer.from(part).toString('utf8')).join('');
  }

  /**
   * Heap bytes that each of `batches` batches takes, from the heap's size just before and after;
   * less what looking takes. A batch during which the collector ran (the heap shrank) is left out.
   */
  allocation({ batches, batchRows, format = 'ndjson' }) {
    const used = () => process.memoryUsage().heapUsed;
    const looking = Array.from({ length: 50 }, () => -(used() - used()));
    const bytes = [];
    for (let k = 0; k < batches; k++) {
      const byteCount = this.fill(batchRows, format);
      const before = used();
      this.run(format, batchRows, byteCount);
      const taken = used() - before;
      if (taken >= 0) bytes.push(taken);
    }
    return { bytes, looking };
  }

  /** Heap bytes a row by function, from V8's sampling profiler, those of the generator left out. */
  async allocators({ rows, format = 'ndjson' }) {
    const session = new Session();
    session.connect();
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: 512,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    this.round({ rows, format });
    const { profile } = await session.post('HeapProfiler.stopSampling');
    session.disconnect();
    return bytesByFunction(profile.head, rows);
  }

  /** What the engine itself reports: entities and their bytes, passes, what was counted. */
  report() {
    const { program } = this;
    return {
      entities: program.passes.map(({ state, layout }) => ({
        name: program.plan.entities[layout.entity].name,
        count: state.entityCount,
        bytes: state.bytesUsed,
        rowWords: layout.rowWords,
        headerWords: layout.headerWords,
      })),
      repeats: { ids: program.repeats.idCount, bytes: program.repeats.bytesUsed },
      passMs: [...this.runner.passMs],
      counters: [...program.counters],
      rssBytes: process.memoryUsage.rss(),
    };
  }
}

/** Code that makes the rows, or measures. */
const NOT_THE_ENGINE = /\/bench\/|\/dist\/load\/|\/base\/random|^node:/;

function bytesByFunction(head, rows) {
  const totals = new Map();
  const walk = ({ callFrame, selfSize, children }) => {
    const { functionName, url } = callFrame;
    // Generated code has no address.
    const name = `${functionName || 'generated'} ${url.split('/').at(-1)}`.trim();
    if (!NOT_THE_ENGINE.test(url)) totals.set(name, (totals.get(name) ?? 0) + selfSize / rows);
    for (const child of children) walk(child);
  };
  walk(head);
  return [...totals].toSorted(([, a], [, b]) => b - a);
}
