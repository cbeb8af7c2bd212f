// "Did you mean": the candidate nearest to a mistyped word, by edit distance with swaps of
// neighbours (optimal string alignment), letters' case ignored. Cost O(candidates × length²), for
// messages only. Words over 64 characters get no near miss: nobody mistypes those.

const WORD_LENGTH_MAX = 64;
/** A word cut short, `lim` for `limit`, is one edit. */
const BEGINNING_LENGTH_MIN = 3;

/** Nearest of `candidates` within a third of the word's length (at least 1, at most 3 edits). */
export function nearMiss(word: string, candidates: Iterable<string>): string | null {
  if (word.length === 0 || word.length > WORD_LENGTH_MAX) return null;
  const lower = word.toLowerCase();
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > WORD_LENGTH_MAX) continue;
    const other = candidate.toLowerCase();
    const isBeginning = word.length >= BEGINNING_LENGTH_MIN && other.startsWith(lower);
    const distance = isBeginning ? 1 : editDistance(lower, other);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** Edits (insert, delete, replace, swap neighbours) from `a` to `b`. */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] as number;
  for (let i = 0; i <= a.length; i++) table[i * width] = i;
  for (let j = 0; j <= b.length; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(i - 2, j - 2) + 1);
      }
      table[i * width + j] = least;
    }
  }
  return at(a.length, b.length);
}
