// The score pass alone, with fourteen rules and with a thousand that share their features: a batch is
// decoded and its features computed once, then tinybench scores its tiles again and again. Compiling
// is from the plan to a warm worker program, as a worker thread does it; checking is from the text of
// the rules file to the plan.

import { performance } from 'node:perf_hooks';
import { Bench } from 'tinybench';
import { TILE_ROWS } from '../../dist/engine/feature-pass.js';
import { EngineContender } from '../contenders/engine-contender.mjs';
import { bindTile, keepTiles } from '../contenders/tiles.mjs';
import { manyRulesText } from '../inputs/many-rules.mjs';
import { planOf } from '../inputs/plans.mjs';
import { ROWS_PER_ACCOUNT } from '../inputs/row-stream.mjs';
import { World } from '../inputs/world.mjs';
import { fixed, whole } from '../statistics.mjs';

const ACCOUNTS = 20_000;
const TILES = 16;
const ROWS = TILES * TILE_ROWS;
const QUICK = { time: 1, iterations: 2, warmup: false };

export const score = {
  name: 'score',
  async run({ seed, isQuick }) {
    const accounts = isQuick ? 1000 : ACCOUNTS;
    const bench = new Bench(isQuick ? QUICK : { time: 1500, iterations: 20 });
    const prepared = [14, 1000].map((count) => prepare(count, accounts, seed, bench));
    await bench.run();
    const perRow = bench.tasks.map(({ name, result }) => {
      if (result.state === 'completed') return (result.latency.p50 * 1000) / ROWS;
      throw new Error(`${name} did not complete`, { cause: result.error });
    });
    const [, many] = prepared;
    return [
      {
        figure: 'score pass, 14 rules',
        reach: '',
        measured: `${fixed(perRow[0], 3)} us a row`,
        how: `tinybench, median over ${whole(ROWS)} rows in tiles of ${TILE_ROWS}`,
        data: { microseconds: perRow[0] },
      },
      {
        figure: 'score pass, 1,000 rules',
        reach: '<= 10 us',
        measured: `${fixed(perRow[1], 2)} us a row`,
        how: `the same; any rule fires on ${fixed(100 * many.firedShare, 1)} % of the rows`,
        data: { microseconds: perRow[1] },
      },
      {
        figure: '1,000 rules compiled and warm',
        reach: '<= 3 s',
        measured: `${fixed((many.checkMs + many.readyMs) / 1000, 2)} s`,
        how: `once: checked ${fixed(many.checkMs / 1000, 2)} s, compiled and warmed ${fixed(many.readyMs / 1000, 2)} s`,
        data: { checkMs: many.checkMs, readyMs: many.readyMs },
      },
    ];
  },
};

function prepare(count, accounts, seed, bench) {
  const world = new World(accounts);
  const started = performance.now();
  const plan = planOf(manyRulesText(count), world);
  const checkMs = performance.now() - started;
  if (plan.rules.length !== count) throw new Error(`${plan.rules.length} rules, not ${count}`);
  const contender = new EngineContender({
    accounts,
    seed,
    batchRows: ROWS,
    plan,
    warmFormats: ['ndjson'],
  });
  contender.preload({ rows: accounts * ROWS_PER_ACCOUNT });
  const { program, readyMs } = contender;
  const tiles = keepTiles(contender, TILES, 'ndjson');
  bench.add(`${count} rules`, () => {
    for (const tile of tiles) {
      bindTile(program, tile);
      program.score(0, TILE_ROWS);
    }
  });
  return { checkMs, readyMs, firedShare: firedShare(program, tiles) };
}

function firedShare(program, tiles) {
  let rows = 0;
  for (const { fired } of tiles) {
    const words = program.rules.firedWords;
    for (let row = 0; row < TILE_ROWS; row++) {
      if (fired.subarray(row * words, (row + 1) * words).some((word) => word !== 0)) rows++;
    }
  }
  return rows / ROWS;
}
