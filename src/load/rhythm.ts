// The rhythm of day and week: few pay at four in the morning, many at seven in the evening.

import { DAY_MS, HOUR_MS, LOCAL_OFFSET_MS } from './scenario.ts';
import { HOURLY_RATE, WEEKDAY_RATE } from './world-data.ts';

/** How much longer than on average the gaps are at this hour and weekday of Shanghai. */
export function gapFactor(timeMs: number): number {
  const localMs = timeMs + LOCAL_OFFSET_MS;
  const hour = Math.floor(localMs / HOUR_MS) % 24;
  const weekday = (Math.floor(localMs / DAY_MS) + 3) % 7; // 1970-01-01 was a Thursday
  return 1 / ((HOURLY_RATE[hour] as number) * (WEEKDAY_RATE[weekday] as number));
}
