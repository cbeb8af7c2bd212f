// Sums of scores. A speed may be infinite, and so may a score.

/** Infinite scores of both signs have no sum: the greater one counts, so that such a row is looked at. */
export function addScores(a: number, b: number): number {
  const sum = a + b;
  return sum === sum ? sum : Infinity;
}
