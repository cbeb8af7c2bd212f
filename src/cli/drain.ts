// `--drain`: how much time passes after the last row of a source that ended.

import { HoldfastError } from '../base/errors.ts';
import { DURATION_UNITS, parseDuration } from '../rules/front/units.ts';

export const DRAIN_DEFAULT_MS = 3_600_000;

/** ms; Infinity until nothing waits for time any more. Throws HoldfastError USAGE. */
export function drainMsOf(text: string | null): number {
  if (text === null) return DRAIN_DEFAULT_MS;
  if (text === 'none') return 0;
  if (text === 'all') return Infinity;
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new HoldfastError(
    'USAGE',
    `--drain takes a time such as 90s or 72h (${DURATION_UNITS}), all or none, not "${text}".`,
  );
}
