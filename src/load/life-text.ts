// What a run's summary says of payments' lives: what came of decisions later, and what is still kept.

import { formatNumber } from './quantity.ts';
import { count, fact, sorted, title, wrapList } from './text-blocks.ts';

export interface LifeSummary {
  /** By cause. */
  readonly amendments: ReadonlyMap<string, number>;
  /** What they decide: allow, hold, reverse. */
  readonly outcomes: readonly [number, number, number];
  /** Held or reversed, and allowed in the end; null where no labels tell them apart. */
  readonly letGo: { readonly guilty: number; readonly honest: number } | null;
  /** Payments, refunds and reversals kept at the end, and the timers set for them. */
  readonly kept: number;
  readonly timers: number;
  readonly bytes: number;
  /** What had to leave at a limit. */
  readonly evicted: number;
  /** Rows whose payment is still awaited, and those that waited in vain. */
  readonly waiting: number;
  readonly waitedInVain: number;
}

export function lifeBlock(life: LifeSummary): string[] {
  const [allow, hold, reverse] = life.outcomes;
  const total = allow + hold + reverse;
  const shares = `allow ${formatNumber(allow)}, hold ${formatNumber(hold)}, reverse ${formatNumber(reverse)}`;
  const lines = [
    title("payments' lives"),
    fact('Amendments', total === 0 ? '0' : `${formatNumber(total)}: ${shares}`),
  ];
  const causes = sorted(life.amendments)
    .filter(([, n]) => n > 0)
    .map(([cause, n]) => `${cause} ${formatNumber(n)}`);
  if (causes.length > 0) lines.push(...wrapList(fact('', 'by '), causes));
  if (life.letGo !== null) {
    const { guilty, honest } = life.letGo;
    const of = `${formatNumber(honest)} honest, ${formatNumber(guilty)} not`;
    lines.push(
      fact(
        'Let go',
        `${formatNumber(guilty + honest)} held or reversed and allowed in the end: ${of}`,
      ),
    );
  }
  lines.push(
    fact(
      'Kept',
      `${formatNumber(life.kept)} payments, refunds and reversals, ${count(life.timers, 'timer')}; ` +
        `${formatNumber(life.bytes / 1e6)} MB, ${formatNumber(life.evicted)} left at a limit`,
    ),
    fact(
      'Early news',
      `${count(life.waiting, 'row')} still waiting for a payment, ${formatNumber(life.waitedInVain)} waited in vain`,
    ),
  );
  return lines;
}
