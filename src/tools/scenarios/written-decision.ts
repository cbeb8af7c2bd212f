// A decision as a scenario writes it: every key of it, but short. What follows from the rows and the
// rules is left out where it is as it must be, and written in full where it is not, so that no
// difference is ever hidden:
//
//   allow: water                        a plain allow: nothing else is in the decision
//   hold: '#4'                          outcome and transactionId
//   reasons: [VELOCITY_COUNT, DE39 65, ISO SL15, rule frequent-small-payments]
//   evidence: [{ rule, compared: ['tx.amount is 990, <= 5000, by -4010'] }]
//   expiresAt, onExpiry                 of the hold block; the reversal block stands as it is
//   revision, cause, causedBy           of an amendment
//   at                                  eventTime, where it is not the row's

import type {
  Decision,
  DecisionEvidence,
  DecisionReason,
  EvidenceItem,
  EvidenceValue,
} from '../../domain/decision.ts';
import type { Plan } from '../../domain/plan.ts';
import type { WireRow, WrittenRecord } from './scenario-file.ts';

type Written = Record<string, unknown>;

/** In the order in which the engine gave them; plain allows in a row are one record. */
export function writeDecisions(
  decisions: readonly Decision[],
  given: readonly WireRow[],
  plan: Pick<Plan, 'hash' | 'version'>,
): WrittenRecord[] {
  const rows = new Map(given.toReversed().map((row) => [row['id'], row]));
  const written: Written[] = [];
  for (const decision of decisions) {
    const row = rows.get(decision.transactionId) ?? {};
    const record = writeDecision(decision, row, plan);
    const last = written.at(-1);
    if (isPlainAllow(record) && last !== undefined && isPlainAllow(last)) {
      last['allow'] = [last['allow'], record['allow']].flat();
    } else {
      written.push(record);
    }
  }
  return written;
}

function isPlainAllow(record: Written): boolean {
  return 'allow' in record && Object.keys(record).length === 1;
}

function writeDecision(
  decision: Decision,
  row: WireRow,
  plan: Pick<Plan, 'hash' | 'version'>,
): Written {
  const { outcome, transactionId, revision, reasons, evidence, hold, reversal, ...rest } = decision;
  const { decisionId, supersedes, account, merchant, order, eventTime, ...others } = rest;
  const { rulesHash, rulesVersion, cause, causedBy, ...extra } = others;
  const isAmendment = revision > 0 && cause !== undefined;
  const written: Written = { [outcome]: transactionId };
  const add = (key: string, value: unknown, expected?: unknown): void => {
    if (value !== expected) written[key] = value ?? 'missing';
  };
  add('revision', revision, 0);
  add('decisionId', decisionId, `${transactionId}#${revision}`);
  add('supersedes', supersedes, isAmendment ? `${transactionId}#${revision - 1}` : undefined);
  add('cause', cause);
  add('causedBy', causedBy);
  if (eventTime !== row['time']) add('at', timeText(eventTime));
  add('account', account, row['account']);
  add('merchant', merchant, isAmendment ? undefined : row['merchant']);
  add('order', order, isAmendment ? undefined : row['order']);
  add('rulesHash', rulesHash, plan.hash);
  add('rulesVersion', rulesVersion, plan.version ?? undefined);
  if (reasons !== undefined) written['reasons'] = reasons.map(reasonText);
  Object.assign(written, extra);
  if (hold !== undefined) {
    const { expiresAt, onExpiry } = hold;
    Object.assign(written, { expiresAt: timeText(expiresAt), onExpiry });
  }
  if (reversal !== undefined) written['reversal'] = withTimeTexts(reversal);
  if (evidence !== undefined) written['evidence'] = evidence.map(writeEvidence);
  return written;
}

function withTimeTexts(block: object): Written {
  return Object.fromEntries(
    Object.entries(block).map(([key, value]) =>
      key.startsWith('not') ? [key, timeText(value as number)] : [key, value],
    ),
  );
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** `TIMEOUT_UNKNOWN, DE39 68, DE25 4021, ISO AB05, rule took-too-long` */
export function reasonText(reason: DecisionReason): string {
  const { code, rule, responseCode, reversalReason, isoReason } = reason;
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['DE39 ', responseCode],
    ['DE25 ', reversalReason],
    ['ISO ', isoReason],
    ['rule ', rule],
  ];
  const said = parts.flatMap(([name, value]) => (value === undefined ? [] : [name + value]));
  return [code, ...said].join(', ');
}

function writeEvidence({ compared, ...evidence }: DecisionEvidence): Written {
  return compared === undefined ? evidence : { ...evidence, compared: compared.map(itemText) };
}

/** `tx.amount is 990, <= 5000, by -4010` */
function itemText({ what, op, value, threshold, margin }: EvidenceItem): string {
  const said = value === undefined ? what : `${what} is ${valueText(value)}`;
  const asked = threshold === undefined ? op : `${op} ${valueText(threshold)}`;
  return margin === undefined ? `${said}, ${asked}` : `${said}, ${asked}, by ${margin}`;
}

/** Words and lists stand without quotes; what could be taken for something else has them. */
function valueText(value: EvidenceValue): string {
  if (typeof value !== 'string' || value.startsWith('["')) return String(value);
  return /^[\p{L}#_][\p{L}\p{N}#_-]*$/u.test(value) && !/^(true|false)$/.test(value)
    ? value
    : JSON.stringify(value);
}
