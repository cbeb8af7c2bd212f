// Two workers against one: the whole engine with its main thread, from a memory source to a sink that
// counts. Both engines are warm with the same rows; rounds alternate between them. Their rows are
// made before each round; what is timed is run() alone, framing and the decision hash included.

import { availableParallelism } from 'node:os';
import { WholeEngine } from '../contenders/whole-engine.mjs';
import { median, spread, whole } from '../statistics.mjs';

const WORKERS = [1, 2];

export const workers = {
  name: 'workers',
  async run({ accounts, seed, batchRows, rounds, roundRows, log }) {
    const engines = [];
    for (const count of WORKERS) {
      const engine = await WholeEngine.start({ accounts, seed, batchRows, workers: count });
      log(`preloading, workers: ${count}`);
      await engine.preload();
      engines.push(engine);
    }
    const rates = WORKERS.map(() => []);
    const hashes = WORKERS.map(() => []);
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const k of order) {
        const result = await engines[k].round(roundRows * 2);
        rates[k].push(result.rowsPerSecond);
        hashes[k].push(result.decisionHash);
      }
      log(`round ${round + 1} of ${rounds}: ${rates.map((all) => whole(all.at(-1))).join(', ')}`);
    }
    for (const engine of engines) await engine.close();
    if (hashes[0].join() !== hashes[1].join()) throw new Error('Two workers decide otherwise.');
    const ratios = rates[1].map((rate, round) => rate / rates[0][round]);
    return [
      {
        figure: 'whole engine, 1 worker',
        reach: '',
        measured: `${whole(median(rates[0]))}/s`,
        how: `memory to memory, median of ${rounds} rounds of ${whole(roundRows * 2)} rows`,
        data: { rates },
      },
      {
        figure: 'whole engine, 2 workers / 1',
        reach: '>= 1.5 x',
        measured: `${spread(ratios, 2)} x`,
        how: `on ${availableParallelism()} cores, main thread among them; decision hashes equal`,
        data: { ratios },
      },
    ];
  },
};
