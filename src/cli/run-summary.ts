// The last lines of `holdfast run`: what was decided, how fast, and where it is.

import type { RunResult } from '../engine/run-result.ts';
import type { ForeignForm } from '../transport/foreign-bytes.ts';
import { OUTCOMES } from '../domain/decision.ts';
import {
  bytesText,
  counted,
  microsText,
  percentText,
  spanText,
  withCommas,
} from './format-text.ts';

export interface Destination {
  /** - = the standard output, here and below */
  readonly out: string;
  /** True when `out` is a file that a .partial becomes. */
  readonly isRegular: boolean;
  /** null = the standard error */
  readonly deadLetters: string | null;
  /** null = rates were not watched */
  readonly alerts: string | null;
}

export function summaryText(result: RunResult, destination: Destination): string {
  const decided = result.outcomes[0] + result.outcomes[1] + result.outcomes[2];
  const lines = [
    `Decided ${counted(result.decisions, 'transaction')} of ${counted(result.rows, 'row')} ` +
      `(${bytesText(result.bytesIn)}) in ${spanText(result.elapsedMs)}: ${withCommas(result.rowsPerSecond)} rows/s`,
    OUTCOMES.map(
      (outcome, index) =>
        `${outcome} ${withCommas(result.outcomes[index] ?? 0)} ` +
        `(${percentText(result.outcomes[index] ?? 0, decided)})`,
    ).join('   '),
    `batch latency p50 ${microsText(result.latencyUs.p50)}, p99 ${microsText(result.latencyUs.p99)}, ` +
      `max ${microsText(result.latencyUs.max)}; peak memory ${bytesText(result.peakRssBytes)}`,
  ];
  if (result.amendments > 0) {
    const causes = Object.entries(result.amendmentsByCause).map(
      ([cause, count]) => `${cause} ${withCommas(count)}`,
    );
    lines.push(`${counted(result.amendments, 'amendment')}: ${causes.join(', ')}`);
  }
  const limits = limitsText(result);
  if (limits !== '') lines.push(limits);
  const flags = Object.entries(result.flags).filter(([, count]) => count > 0);
  if (flags.length > 0) {
    lines.push(`flags: ${flags.map(([name, n]) => `${name} ${withCommas(n)}`).join(', ')}`);
  }
  if (result.blankLines > 0) lines.push(`${counted(result.blankLines, 'blank line')} skipped`);
  if (result.deadLetters > 0) {
    lines.push(
      `${counted(result.deadLetters, 'dead letter')} ${placeText(destination.deadLetters)}`,
    );
  }
  if (destination.alerts !== null) {
    lines.push(`${counted(result.alerts, 'alert')} ${placeText(destination.alerts)}`);
  }
  if (result.stopped !== 'signal') lines.push(`decisions ${placeText(destination.out)}`);
  return `${lines.join('\n')}\n`;
}

function placeText(path: string | null): string {
  if (path === null) return 'on the standard error';
  return path === '-' ? 'on the standard output' : `in ${path}`;
}

/** What had to leave before its time, or came to nothing; empty where nothing did. */
function limitsText({ life, paymentKeys, watch }: RunResult): string {
  const left = [
    [life?.evicted, 'payment'],
    [life?.terminalsEvicted, 'terminal'],
    [life?.codesEvicted, 'payment code'],
    [life?.waitingEvicted, 'waiting row'],
    [paymentKeys?.evicted, "payment's keys", "payments' keys"],
    [watch?.merchantsEvicted, 'watched merchant'],
  ] as const;
  const parts: string[] = [];
  const told = left.flatMap(([count = 0, one, many = `${one}s`]) =>
    count === 0 ? [] : [`${withCommas(count)} ${count === 1 ? one : many}`],
  );
  if (told.length > 0) parts.push(`left at the limit: ${told.join(', ')}`);
  const waited = life?.waitedInVain ?? 0;
  if (waited > 0) parts.push(`waited in vain for a payment: ${counted(waited, 'row')}`);
  const unwatched = watch?.rowsUnwatched ?? 0;
  if (unwatched > 0)
    parts.push(`of merchants for whom no watch was free: ${counted(unwatched, 'row')}`);
  return parts.join('; ');
}

/** Where an interrupted run stands, for whoever wants to go on from there. */
export function positionText(result: RunResult, source: string, destination: Destination): string {
  const { row, byte } = result.position;
  const kept = destination.isRegular
    ? ` The decisions so far are kept in "${destination.out}.partial".`
    : '';
  return `Stopped before row ${row} (byte ${byte}) of "${source}".${kept}\n`;
}

/** Of a run that was interrupted while it waited at a named pipe. */
export const UNREAD_TEXT =
  'Stopped before the first row: nobody had opened an output for reading.\n';

export const UNREAD_STATS_TEXT =
  'Figures were not written: nobody had opened their output for reading.\n';

const REMEDIES: Readonly<Record<ForeignForm, string>> = {
  gzip: 'unpack it first: gunzip -c FILE | holdfast run --in - ...',
  'UTF-16': 'write it as UTF-8 first: iconv -f UTF-16 -t UTF-8 FILE | holdfast run --in - ...',
  msgpack: 'say so: --in-format msgpack',
  NDJSON: 'say so: --in-format ndjson',
};

/** Of an input in which no row can be read, with what makes one of it that can. */
export function foreignText(source: string, form: ForeignForm): string {
  const given = form === 'NDJSON' ? 'msgpack' : 'NDJSON';
  return `Note: "${source}" looks like ${form}, not like ${given}; ${REMEDIES[form]}\n`;
}
