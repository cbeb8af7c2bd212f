// A process of its own, so that its peak memory is that of one run: the whole engine with one worker
// decides eight rows an account and then some more. Prints its result as JSON.

import { WholeEngine } from '../contenders/whole-engine.mjs';

const [accounts, seed, batchRows, rows] = process.argv.slice(2).map(Number);
const engine = await WholeEngine.start({ accounts, seed, batchRows, workers: 1 });
await engine.preload();
const { entities, repeats } = await engine.round(rows);
await engine.close();
const peakRssBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ peakRssBytes, entities, repeats }));
