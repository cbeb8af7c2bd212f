// What a decision says of the payment's life, for a person: which decision an amendment takes the
// place of and why, how a hold ends, by which way the money goes back.

import type { Decision, HoldBlock, ReversalBlock } from '../domain/decision.ts';
import type { OnExpiry } from '../domain/rails.ts';
import { formatDuration, formatTime } from './quantity.ts';

const THEN: Readonly<Record<OnExpiry, string>> = {
  allow: 'allowed',
  reverse: 'reversed',
  refund: 'refunded',
};

/** "amendment 1 by status s1, 2026-03-05 00:11:02"; '' of a first decision. */
export function explainAmendment(decision: Decision, timezone: string): string {
  const { cause, causedBy, eventTime, revision } = decision;
  if (cause === undefined) return '';
  const by = causedBy === undefined ? cause : `${cause} ${causedBy}`;
  const when = eventTime === undefined ? '' : `, ${formatTime(eventTime, timezone)}`;
  return `amendment ${revision} by ${by}${when}`;
}

/** "held until 2026-03-05 00:11:02 (then reversed)" */
export function explainHold({ expiresAt, onExpiry }: HoldBlock, timezone: string): string {
  return `held until ${formatTime(expiresAt, timezone)} (then ${THEN[onExpiry]})`;
}

/** "reverse by VOID until 2026-03-05 23:00:00, else REFUND; ask first after 1, 2, 4 s" */
export function explainReversal(reversal: ReversalBlock, timezone: string): string {
  const { method, notBefore, notAfter, fallbackMethod, queryFirst } = reversal;
  const from = notBefore === undefined ? '' : ` from ${formatTime(notBefore, timezone)}`;
  const until = notAfter === undefined ? '' : ` until ${formatTime(notAfter, timezone)}`;
  const otherwise = fallbackMethod === undefined ? '' : `, else ${fallbackMethod}`;
  const query = queryFirst === undefined ? '' : `; ask first after ${formatWaits(queryFirst)}`;
  return `reverse by ${method}${from}${until}${otherwise}${query}`;
}

/** "1, 2, 4 s" */
function formatWaits(waitsMs: readonly number[]): string {
  if (!waitsMs.every((ms) => ms % 1000 === 0)) return waitsMs.map(formatDuration).join(', ');
  return `${waitsMs.map((ms) => ms / 1000).join(', ')} s`;
}
