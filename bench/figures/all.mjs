// All figures, in the order in which they run.

import { accountState } from './account-state.mjs';
import { allocation } from './allocation.mjs';
import { correctness } from './correctness.mjs';
import { life } from './life.mjs';
import { latency } from './latency.mjs';
import { longestBatch } from './longest-batch.mjs';
import { memory } from './memory.mjs';
import { micro } from './micro.mjs';
import { score } from './score.mjs';
import { start } from './start.mjs';
import { throughput } from './throughput.mjs';
import { workers } from './workers.mjs';

export const figures = [
  correctness,
  throughput,
  workers,
  score,
  longestBatch,
  allocation,
  accountState,
  life,
  memory,
  latency,
  start,
  micro,
];
