// Whether two contenders decided alike: transaction, outcome, the rules of the reasons, flags.

/** One line a decision, comparable. */
export function essence(text) {
  const lines = text.split('\n');
  return lines.flatMap((line) => {
    if (line === '') return [];
    const { decisionId, outcome, reasons = [], flags = [] } = JSON.parse(line);
    return [
      `${decisionId} ${outcome} ${reasons.map(({ rule }) => rule).join(',')} ${flags.join()}`,
    ];
  });
}

/** Throws at the first difference; the result is how many decisions were compared. */
export function requireEqual(name, text, expectedText) {
  const [decided, expected] = [essence(text), essence(expectedText)];
  const count = Math.max(decided.length, expected.length);
  for (let k = 0; k < count; k++) {
    if (decided[k] === expected[k]) continue;
    throw new Error(
      `${name}: decision ${k} of ${count} differs.\n  engine: ${decided[k]}\n  plain:  ${expected[k]}`,
    );
  }
  if (count === 0) throw new Error(`${name}: nothing was decided.`);
  return count;
}
