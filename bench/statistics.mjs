// Medians and percentiles of a few numbers, and how they are written.

/** @param {readonly number[]} values not empty */
export function median(values) {
  return percentile(values, 50);
}

/** Nearest rank with the mean of two for the median of an even count. */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  if (percent === 50 && sorted.length % 2 === 0) {
    return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  }
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
}

/** `1,234,567` */
export function whole(value) {
  return Math.round(value).toLocaleString('en-US');
}

export function fixed(value, digits) {
  return value.toFixed(digits);
}

/** `0.97 (0.95 to 1.01)`: the median and all of them. */
export function spread(values, digits) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${fixed(median(values), digits)} (${fixed(low, digits)} to ${fixed(high, digits)})`;
}
