// An alert as one NDJSON line. Allocates: alerts are rare.

import type { Alert } from '../domain/alert.ts';

const FIGURES = 6;

/** With its newline; numbers to six figures. */
export function encodeAlert(alert: Alert): Uint8Array {
  const short: Alert = {
    ...alert,
    rate: rounded(alert.rate),
    usualRate: rounded(alert.usualRate),
    ratio: rounded(alert.ratio),
    rows: rounded(alert.rows),
    counted: rounded(alert.counted),
    expected: rounded(alert.expected),
    ...(alert.score === undefined ? {} : { score: rounded(alert.score) }),
  };
  return new TextEncoder().encode(`${JSON.stringify(short)}\n`);
}

function rounded(value: number): number {
  return Number(value.toPrecision(FIGURES));
}
