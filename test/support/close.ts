// Whether two values are the same but for the last bits of a double: null, or what differs.

const TOLERANCE = 1e-9;

export function close(actual: unknown, wanted: unknown, path = ''): string | null {
  if (typeof actual === 'number' && typeof wanted === 'number') {
    if (Object.is(actual, wanted) || actual === wanted) return null;
    const scale = Math.max(Math.abs(actual), Math.abs(wanted), 1);
    return Math.abs(actual - wanted) <= scale * TOLERANCE
      ? null
      : `${path}: ${actual} is not ${wanted}`;
  }
  if (
    typeof actual !== 'object' ||
    typeof wanted !== 'object' ||
    actual === null ||
    wanted === null
  ) {
    return Object.is(actual, wanted)
      ? null
      : `${path}: ${JSON.stringify(actual)} is not ${JSON.stringify(wanted)}`;
  }
  const keys = new Set([...Object.keys(actual), ...Object.keys(wanted)]);
  for (const key of keys) {
    const a = (actual as Record<string, unknown>)[key];
    const w = (wanted as Record<string, unknown>)[key];
    const difference = close(a, w, `${path}/${key}`);
    if (difference !== null) return difference;
  }
  return null;
}
