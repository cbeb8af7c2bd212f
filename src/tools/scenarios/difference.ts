// What two lists of written decisions differ in, line by line, as the YAML that they stand in:
//
//     - hold: '#4'
//   -   reasons: [VELOCITY_COUNT, DE39 65, ISO SL15, rule frequent-small-payments]
//   +   reasons: [VELOCITY_COUNT, DE39 61, ISO SL15, rule frequent-small-payments]

import type { WrittenRecord } from './scenario-file.ts';
import { expectText } from './scenario-text.ts';

/** Empty when they are equal; `-` is what was expected, `+` what came. */
export function difference(
  expected: readonly WrittenRecord[],
  actual: readonly WrittenRecord[],
): string {
  const left = expectText(expected).split('\n');
  const right = expectText(actual).split('\n');
  if (left.join('\n') === right.join('\n')) return '';
  const lengths = commonLengths(left, right);
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i++]}`);
      j++;
    } else if (j < right.length && (i === left.length || length(i, j + 1) > length(i + 1, j))) {
      lines.push(`+ ${right[j++]}`);
    } else {
      lines.push(`- ${left[i++]}`);
    }
  }
  return lines.join('\n');

  function length(from: number, at: number): number {
    return lengths[from]?.[at] ?? 0;
  }
}

/** Longest common subsequence of left[i..] and right[j..]; a scenario has a few hundred lines. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    Array.from({ length: right.length + 1 }, () => 0),
  );
  for (let i = left.length - 1; i >= 0; i--) {
    const row = lengths[i] as number[];
    const below = lengths[i + 1] as number[];
    for (let j = right.length - 1; j >= 0; j--) {
      row[j] =
        left[i] === right[j]
          ? (below[j + 1] as number) + 1
          : Math.max(below[j] as number, row[j + 1] as number);
    }
  }
  return lengths;
}
