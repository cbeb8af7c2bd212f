// What a run's summary says of payments' lives: what came of decisions later, and what is still kept.

import type { LifeReport } from '../engine/worker.ts';
import { formatNumber } from './quantity.ts';
import { count, fact, sorted, title, wrapList } from './text-blocks.ts';

export interface LifeSummary extends LifeReport {
  /** By cause. */
  readonly amendments: ReadonlyMap<string, number>;
  /** What they decide: allow, hold, reverse. */
  readonly outcomes: readonly [number, number, number];
  /** Held or reversed, and allowed in the end; null where no labels tell them apart. */
  readonly letGo: { readonly guilty: number; readonly honest: number } | null;
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
