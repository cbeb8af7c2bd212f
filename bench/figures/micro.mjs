// Parts of the engine alone: decoding JSON and msgpack, writing decisions that allow, finding keys in
// the index. These change nothing that the next iteration sees, so tinybench repeats them; each
// iteration is a batch of rows, so that its timer's resolution does not matter. They say which part
// moved when the throughput does; they have no reach of their own.

import { Bench } from 'tinybench';
import { HashIndex } from '../../dist/state/hash-index.js';
import { Random } from '../../dist/base/random.js';
import { TILE_ROWS } from '../../dist/engine/feature-pass.js';
import { EngineContender } from '../contenders/engine-contender.mjs';
import { bindTile, keepTiles } from '../contenders/tiles.mjs';
import { fixed, whole } from '../statistics.mjs';

const TILES = 16;
const ROWS = TILES * TILE_ROWS;
const QUICK = { time: 1, iterations: 2, warmup: false };

export const micro = {
  name: 'micro',
  async run({ accounts, seed, isQuick }) {
    const bench = new Bench(isQuick ? QUICK : { time: 1000, iterations: 20 });
    // What the tasks make, so that nothing of it can be left out.
    const sums = { decoded: 0, written: 0, found: 0 };
    const perRow = 1e6 / ROWS;
    const options = { accounts: Math.min(accounts, 20_000), seed, batchRows: ROWS };
    addDecoders(bench, options, sums);
    addEncoder(bench, options, sums);
    addIndex(bench, accounts, sums);
    await bench.run();
    return bench.tasks.map(({ name, result }) => {
      if (result.state !== 'completed')
        throw new Error(`${name} did not complete`, { cause: result.error });
      const { p50, samplesCount } = result.latency;
      return {
        figure: name,
        reach: '',
        measured: `${fixed(p50 * perRow, 0)} ns a row`,
        how: `tinybench, median of ${whole(samplesCount)} iterations of ${whole(ROWS)} rows`,
        data: { nanosecondsPerRow: p50 * perRow },
      };
    });
  },
};

function addDecoders(bench, options, sums) {
  for (const [format, name] of [
    ['ndjson', 'decode JSON'],
    ['msgpack', 'decode msgpack'],
  ]) {
    const contender = new EngineContender({ ...options, warmFormats: [format] });
    const { program, view } = contender;
    contender.run(format, ROWS, contender.fill(ROWS, format));
    const decoder = program.decoderOf(format);
    bench.add(name, () => {
      for (let from = 0; from < ROWS; from += TILE_ROWS) {
        decoder.decode(view.table, view.spans, view.splitErrors, from, from + TILE_ROWS, from);
      }
      sums.decoded += view.table.i32[5];
    });
  }
}

function addEncoder(bench, options, sums) {
  const contender = new EngineContender({ ...options, warmFormats: ['ndjson'] });
  const { program } = contender;
  const tiles = keepTiles(contender, TILES, 'ndjson');
  const bytes = new Uint8Array(ROWS * 512 + program.encoder.bytesMax);
  const out = { bytes, view: new DataView(bytes.buffer), at: 0 };
  bench.add('write an allowing decision', () => {
    out.at = 0;
    for (const { table } of tiles) {
      for (let row = 0; row < TILE_ROWS; row++) program.encoder.allow(table, row, out);
    }
    sums.written += out.at;
  });
  bindTile(program, tiles[0]);
}

/** As the windows do it: a tile's buckets first, so that their misses overlap, then its keys. */
function addIndex(bench, entries, sums) {
  const random = new Random(1);
  const index = new HashIndex(entries);
  const keys = new Int32Array(entries * 2);
  for (let slot = 0; slot < entries; slot++) {
    keys[slot * 2] = random.uint32();
    keys[slot * 2 + 1] = random.uint32();
    index.insert(keys[slot * 2], slot);
  }
  const lo = new Int32Array(TILE_ROWS);
  const hi = new Int32Array(TILE_ROWS);
  const buckets = new Int32Array(TILE_ROWS);
  bench.add(`find a key of ${whole(entries)}`, () => {
    for (let from = 0; from < ROWS; from += TILE_ROWS) {
      for (let k = 0; k < TILE_ROWS; k++) {
        const slot = random.below(entries);
        lo[k] = keys[slot * 2];
        hi[k] = keys[slot * 2 + 1];
      }
      sums.found ^= index.locate(lo, buckets, 0, TILE_ROWS);
      for (let k = 0; k < TILE_ROWS; k++) {
        sums.found ^= index.findFrom(buckets[k], lo[k], hi[k], keys, 2, 1);
      }
    }
  });
}
