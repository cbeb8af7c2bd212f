// Who appears how often: the Zipf-Mandelbrot law p(rank) ~ 1 / (rank + flat). `flat` keeps the first
// few ranks from taking a tenth of all rows each, which no wallet account does. Picked by inverting
// the continuous distribution: one logarithm a pick, no table.

/** @param {number} count ranks 0..count-1 @param {number} flat larger = the top is less hot */
export function makeSkew(count, flat) {
  const span = Math.log((count + flat) / flat);
  /** @param {number} uniform in [0, 1) */
  return (uniform) => Math.min(count - 1, Math.floor(flat * Math.exp(uniform * span) - flat));
}

/** A permutation of 0..count-1, so that neighbours in rank are not neighbours in memory. */
export function makeScatter(count) {
  let factor = 7_368_787;
  while (greatestCommonDivisor(factor, count) !== 1) factor += 2;
  return (index) => (index * factor) % count;
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
