// Local time by Intl alone, by trying: slow, and nothing of it is the engine's.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock on the wall at an instant, as ms as if it were UTC. */
export function wallMs(zone: string, timeMs: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const second = Math.floor(timeMs / 1000) * 1000;
  const parts = Object.fromEntries(format.formatToParts(second).map((p) => [p.type, p.value]));
  const { year, month, day, hour, minute, second: seconds } = parts;
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${seconds}Z`);
  return wall + (timeMs - second);
}

const found = new Map<string, number>();

/** The earliest instant that shows this time; where none does, the first that shows a later one. */
export function instantOfWall(zone: string, wall: number): number {
  const key = `${zone} ${wall}`;
  const instant = found.get(key) ?? findInstant(zone, wall);
  found.set(key, instant);
  return instant;
}

function findInstant(zone: string, wall: number): number {
  const tries: number[] = [];
  for (let at = wall - 30 * HOUR_MS; at <= wall + 30 * HOUR_MS; at += HOUR_MS) {
    const guess = wall - (wallMs(zone, at) - at);
    if (wallMs(zone, guess) === wall) tries.push(guess);
  }
  if (tries.length > 0) return Math.min(...tries);
  const first = Math.floor((wall - 30 * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  for (let at = first; ; at += MINUTE_MS) if (wallMs(zone, at) > wall) return at;
}

/** The same day of the month and time of day so many months later, on its last day at most. */
export function monthsLater(zone: string, timeMs: number, months: number): number {
  const wall = new Date(wallMs(zone, timeMs));
  const [year, month] = [wall.getUTCFullYear(), wall.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Date.UTC(year, month, Math.min(wall.getUTCDate(), lastDay));
  return instantOfWall(zone, day + (wall.getTime() % DAY_MS));
}

/** The cut-off of the clearing day, or of the day so many days after it. */
export function cutOffOf(zone: string, timeMs: number, minuteOfDay: number, days: number): number {
  let day = Math.floor(wallMs(zone, timeMs) / DAY_MS) * DAY_MS;
  const cutOff = (at: number): number => instantOfWall(zone, at + minuteOfDay * MINUTE_MS);
  while (cutOff(day) <= timeMs) day += DAY_MS;
  return cutOff(day + days * DAY_MS);
}
