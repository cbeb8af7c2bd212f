// Whether a rate jumped. `now` and `past` are counts that fade with age (state/rates.ts); the rows of now
// are taken out of the past, so that a jump is not part of what it is compared with:
//
//   usual rate p = (past - now + 1/2) / (rows past - rows now + 1)       Krichevsky and Trofimov, 1981
//   score     G = 2 * sum over both of: k ln(k / n / q) + (n - k) ln((1 - k / n) / (1 - q))
//                 q = the rate of both together                          Dunning, 1993
//
// G holds for counts of a few as for many, where a normal approximation cries wolf. Counts that fade vary
// half as much as whole ones: G errs on the quiet side.
//
// Nothing is allocated: the figures of the last look stand in the judge.

import type { WatchSettings } from '../domain/alert.ts';

export class RateJudge {
  /** In: rows now, rows past, counted now, counted past. */
  readonly counts: Float64Array = new Float64Array(4);
  /** Out: usual rate, score. */
  readonly figures: Float64Array = new Float64Array(2);
  readonly #settings: WatchSettings;

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** Whether `counts` are a jump. */
  hasJumped(): boolean {
    const { counts, figures } = this;
    const { countedMin, pastRowsMin, ratioMin, scoreMin } = this.#settings;
    const counted = counts[2] as number;
    if (counted < countedMin) return false;
    const rows = counts[0] as number;
    const pastRows = (counts[1] as number) - rows;
    if (pastRows < pastRowsMin) return false;
    this.#setUsual();
    if (counted < ratioMin * (figures[0] as number) * rows) return false;
    const past = Math.max(0, (counts[3] as number) - counted);
    const both = (counted + past) / (rows + pastRows);
    const score =
      likelihood(counted, rows, both) + likelihood(Math.min(past, pastRows), pastRows, both);
    figures[1] = score;
    return score >= scoreMin;
  }

  /** Whether a jump is over: the rate is near the usual one again, or nothing is counted any more. */
  isOver(): boolean {
    const { counts, figures } = this;
    this.#setUsual();
    const counted = counts[2] as number;
    return (
      counted < 1 ||
      counted < this.#settings.endRatio * (figures[0] as number) * (counts[0] as number)
    );
  }

  #setUsual(): void {
    const { counts } = this;
    const past = Math.max(0, (counts[3] as number) - (counts[2] as number));
    const rows = Math.max(0, (counts[1] as number) - (counts[0] as number));
    this.figures[0] = Math.min(1, (past + 0.5) / (rows + 1));
  }
}

/** 2 (k ln(k / n / q) + (n - k) ln((1 - k / n) / (1 - q))), with 0 ln 0 = 0. */
function likelihood(k: number, n: number, q: number): number {
  const hits = k > 0 ? k * Math.log(k / n / q) : 0;
  const misses = n - k > 0 ? (n - k) * Math.log((n - k) / n / (1 - q)) : 0;
  return 2 * (hits + misses);
}
