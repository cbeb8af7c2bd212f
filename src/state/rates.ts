// Counts that fade with stream time, twice each: what is now (mean age minutes) and what is past (mean
// age hours). A row of age a counts e^(-a / now) and e^(-a / past).
//
// Time goes in steps of 1/30 of `now`: within a step nothing fades, and what fades by k steps is one
// multiplication by a number out of a table.
//
//   one record, two cache lines; the first serves rows on which nothing is counted
//   word     0      1       2      3      double 2     3       4    5    6        8    9    10    word 22
//          | hash | active | step | first | rows now | past | counted now, 3 | - | counted past, 3 | hash |
//          | high |        |                                                                       | low  |

export const STEPS_PER_NOW = 30;
/** e^-34 and less is nothing. */
const TABLE_STEPS = 1024;

export const RATES_DOUBLES = 16;
export const RATES_WORDS: number = RATES_DOUBLES * 2;
/** Int32 words of a record. */
export const RATES_WORD = { hi: 0, active: 1, step: 2, first: 3, lo: 22 } as const;
/** Doubles of a record. */
export const RATES = { rowsNow: 2, rowsPast: 3, now: 4, past: 8 } as const;

export class Fading {
  readonly stepMs: number;
  readonly now: Float64Array = new Float64Array(TABLE_STEPS);
  readonly past: Float64Array = new Float64Array(TABLE_STEPS);
  readonly #stepsPerPast: number;

  constructor(nowMs: number, pastMs: number) {
    this.stepMs = nowMs / STEPS_PER_NOW;
    this.#stepsPerPast = pastMs / this.stepMs;
    for (let k = 0; k < TABLE_STEPS; k++) {
      this.now[k] = Math.exp(-k / STEPS_PER_NOW);
      this.past[k] = Math.exp(-k / this.#stepsPerPast);
    }
  }

  /** Lets `count` doubles from each of the two places fade by `steps`. */
  fade(values: Float64Array, now: number, past: number, count: number, steps: number): void {
    const byNow = steps < TABLE_STEPS ? (this.now[steps] as number) : 0;
    const byPast =
      steps < TABLE_STEPS ? (this.past[steps] as number) : Math.exp(-steps / this.#stepsPerPast);
    for (let k = 0; k < count; k++) {
      values[now + k] = (values[now + k] as number) * byNow;
      values[past + k] = (values[past + k] as number) * byPast;
    }
  }
}

/** Brings the record that begins at double `base` to `step`. */
export function advanceRates(
  values: Float64Array,
  words: Int32Array,
  base: number,
  step: number,
  fading: Fading,
): void {
  const at = base * 2 + RATES_WORD.step;
  const steps = step - (words[at] as number);
  if (steps <= 0) return;
  words[at] = step;
  fading.fade(values, base + RATES.rowsNow, base + RATES.rowsPast, 1, steps);
  fading.fade(values, base + RATES.now, base + RATES.past, 3, steps);
}
