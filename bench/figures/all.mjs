// All figures, in the order in which they run.

import { correctness } from './correctness.mjs';
import { throughput } from './throughput.mjs';

export const figures = [correctness, throughput];
