// "Did you mean" for the names of rules files. Most names are an edit away from any of one or two
// letters, so what is as short is near only if its letters are the same.

import { nearMiss as nearestOf } from '../../base/near-miss.ts';

const SHORT_LENGTH = 3;

/** The candidate nearest to `word`, or null; of two short names only one with the same letters. */
export function nearMiss(word: string, candidates: Iterable<string>): string | null {
  if (word.length > SHORT_LENGTH) return nearestOf(word, candidates);
  const letters = lettersOf(word);
  const near = [...candidates].filter(
    (candidate) =>
      lettersOf(candidate) === letters ||
      // A letter left out of a longer name, `wen` for `when`.
      (word.length === SHORT_LENGTH && candidate.length > SHORT_LENGTH),
  );
  return nearestOf(word, near);
}

/** Equal for words that differ in case or in the order of their letters. */
function lettersOf(word: string): string {
  return Array.from(word.toLowerCase()).toSorted().join('');
}
