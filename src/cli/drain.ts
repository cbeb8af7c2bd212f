// `--drain`: how much time passes after the last row of a source that ended.

import { HoldfastError } from '../base/errors.ts';
import {
  DURATION_MS_MAX,
  DURATION_UNITS,
  isDurationTooLong,
  parseDuration,
} from '../rules/front/units.ts';

export const DRAIN_DEFAULT_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** ms; Infinity until nothing waits for time any more. Throws HoldfastError USAGE. */
export function drainMsOf(text: string | null): number {
  if (text === null) return DRAIN_DEFAULT_MS;
  if (text === 'none') return 0;
  if (text === 'all') return Infinity;
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  if (isDurationTooLong(text)) {
    const most = `${Math.floor(DURATION_MS_MAX / DAY_MS)}d`;
    throw new HoldfastError(
      'USAGE',
      `--drain takes at most ${most}, or all; "${text}" is too long.`,
    );
  }
  throw new HoldfastError(
    'USAGE',
    `--drain takes a time such as 90s or 72h (${DURATION_UNITS}), all or none, not "${text}".`,
  );
}
