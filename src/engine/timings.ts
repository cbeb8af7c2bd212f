// `--timings`: when each decision was made and how long its row had waited, added to the bytes on
// their way to a file. Not part of a decision's value (a replay gives the same values), so the
// decision hash is taken before. Slow, by decoding: a tool for looking, not for production.

import { Packr, Unpackr } from 'msgpackr';
import type { Format } from '../domain/ports.ts';

const NEWLINE = 0x0a;

/** The same decisions, each with `decidedAt` (ms since the epoch) and `latencyUs` at its end. */
export function addTimings(
  bytes: Uint8Array,
  format: Format,
  decidedAtMs: number,
  latencyUs: number,
): Uint8Array {
  if (format === 'msgpack') {
    const packr = new Packr({ useRecords: false });
    const decisions: object[] = [];
    new Unpackr({ useRecords: false }).unpackMultiple(bytes, (decision: unknown) => {
      decisions.push({ ...(decision as object), decidedAt: decidedAtMs, latencyUs });
    });
    return Buffer.concat(decisions.map((decision) => packr.pack(decision)));
  }
  const tail = Buffer.from(`,"decidedAt":${decidedAtMs},"latencyUs":${latencyUs}}\n`);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
    parts.push(bytes.subarray(from, at - 1), tail);
    from = at + 1;
  }
  return Buffer.concat(parts);
}
