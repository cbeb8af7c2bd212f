// Random streams of transactions that are good rows, with what makes an engine stumble: ties, late
// rows, gaps, clock jumps of months, hot and cold entities, missing keys, repeats that are the same
// and that differ, every kind, several currencies.

import type { Random } from '../../src/base/random.ts';
import type { Kind } from '../../src/domain/fields.ts';
import { KINDS } from '../../src/domain/fields.ts';
import { ALL_FIELDS, POOLS, START_MS } from './random-world.ts';

export type StreamRow = Record<string, unknown>;

export interface StreamOptions {
  readonly rowCount: number;
  /** Late rows are up to twice this behind. */
  readonly latenessMs: number;
  /** Probabilities. */
  readonly tie?: number;
  readonly late?: number;
  readonly repeat?: number;
  readonly jump?: number;
  readonly informing?: number;
}

const MONTH_MS = 30 * 86_400_000;
/** How far the clock moves when it moves: mostly seconds, sometimes hours. */
const STEPS_MS = [1, 250, 1000, 1000, 5000, 20_000, 60_000, 60_000, 600_000, 3_600_000];

export function randomStream(random: Random, options: StreamOptions): StreamRow[] {
  const { tie = 0.2, late = 0.15, repeat = 0.1, jump = 0.01, informing = 0.2 } = options;
  const rows: StreamRow[] = [];
  let clock = START_MS;
  for (let i = 0; i < options.rowCount; i++) {
    if (rows.length > 0 && random.chance(repeat)) {
      rows.push(again(random, random.pick(rows.slice(-30))));
      continue;
    }
    if (random.chance(jump)) clock += random.below(3) * MONTH_MS + random.below(MONTH_MS);
    else if (!random.chance(tie)) clock += random.pick(STEPS_MS);
    const behind = random.chance(late) ? random.below(2 * options.latenessMs) : 0;
    // A row that falls on another's instant, although it is late.
    const time =
      behind > 0 && random.chance(0.3) ? timeOf(random.pick(rows), clock) : clock - behind;
    const kind = random.chance(informing) ? random.pick(KINDS) : 'payment';
    rows.push(randomRow(random, `id${i}`, kind, time));
  }
  return rows;
}

function timeOf(row: StreamRow | undefined, otherwise: number): number {
  return typeof row?.['time'] === 'number' ? row['time'] : otherwise;
}

/** The same row, or one of the same id with another value. */
function again(random: Random, row: StreamRow): StreamRow {
  if (random.chance(0.6)) return { ...row };
  const changed = random.pick(['city', 'device', 'balance', 'verification', 'time']);
  if (changed === 'time')
    return { ...row, time: timeOf(row, START_MS) + random.pick([1, 1000, -1]) };
  const { [changed]: _, ...rest } = row;
  return random.chance(0.3) ? rest : { ...rest, ...randomValue(random, changed) };
}

/** One good row. Each key that its kind does not need is there or not. */
export function randomRow(random: Random, id: string, kind: Kind, time: number): StreamRow {
  const row: StreamRow = { id, kind, time };
  for (const spec of ALL_FIELDS) {
    if (spec.name in row) continue;
    const isNeeded = spec.neededBy.includes(kind);
    // label, release and the like stand on other kinds too, but seldom
    const isUsual = spec.name in POOLS || spec.type !== 'enum' || kind === 'payment';
    if (isNeeded || random.chance(isUsual ? 0.7 : 0.3))
      Object.assign(row, randomValue(random, spec.name));
  }
  return row;
}

function randomValue(random: Random, name: string): StreamRow {
  const spec = ALL_FIELDS.find((known) => known.name === name);
  switch (spec?.type) {
    case 'enum':
      return { [name]: random.pick(spec.values ?? []) };
    case 'money':
      return { [name]: random.pick([0, 1, 50, 999, 1000, 1000, 5000, 5000, 123_456, -300]) };
    case 'integer':
    case 'duration':
      return { [name]: random.pick([0, 1, 900, 1000, 30_000, -5]) };
    case 'latitude':
      return { [name]: random.pick([31.25, 31.25, 31.3, 47.5, -33.75, 90, 0]) };
    case 'longitude':
      return { [name]: random.pick([121.5, 121.5, 121.45, 8.5, 151.25, -180, 180, 0]) };
    case 'number':
      return { [name]: random.pick([0, 0.25, 0.5, 1, 2.75, -1.5, 100, 1e15]) };
    case 'boolean':
      return { [name]: random.chance(0.5) };
    default:
      return {
        [name]: random.chance(0.5) ? hot(name) : random.pick(POOLS[name] ?? ['id1', 'id2']),
      };
  }
}

/** The value that half of all rows carry. */
function hot(name: string): string {
  return POOLS[name]?.[0] ?? 'id1';
}
