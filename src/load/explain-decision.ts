// One decision in full, for a person: the payment with its card number masked, each rule that fired
// with its description, what was compared, with what, and how far over the line it was; how long it
// is held, how the money goes back, and of an amendment what caused it.

import type {
  Decision,
  DecisionEvidence,
  DecisionReason,
  EvidenceItem,
} from '../domain/decision.ts';
import { isCardField, isEchoedField, maskText } from '../domain/card-numbers.ts';
import { explainAmendment, explainHold, explainReversal } from './explain-life.ts';
import type { Quantities } from './quantity.ts';
import { formatMoney, formatNumber, formatTime, formatValue, formatWindow } from './quantity.ts';
import { shorten, WIDTH, withCommas, wrap } from './text-blocks.ts';

export interface RuleInfo {
  readonly id: string;
  readonly trigger: string | null;
  readonly description: string | null;
  /** 'score' for rules that only add points. */
  readonly outcome: string;
  readonly quantities: Quantities;
}

export interface ExplainedDecision {
  readonly decision: Decision;
  /** The row as it stood in the stream, parsed; null when it was not found. */
  readonly transaction: Readonly<Record<string, unknown>> | null;
}

export interface ExplainContext {
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** Of money in the evidence: the rules file's. */
  readonly currency: string;
  readonly timezone: string;
}

const WHAT_WIDTH = 44;

/** Lines without a trailing newline, at most 96 wide but for long values. */
export function explainDecision(example: ExplainedDecision, context: ExplainContext): string[] {
  const { decision, transaction } = example;
  const codes = [...new Set((decision.reasons ?? []).map(({ code }) => code))];
  const score = decision.score === undefined ? '' : `, score ${formatNumber(decision.score, 0)}`;
  const lines = [
    `${decision.outcome.toUpperCase()}  ${decision.transactionId}  ${codes.join(', ')}${score}`,
  ];
  const amendment = clean(explainAmendment(decision, context.timezone));
  if (amendment !== '') lines.push(`  ${amendment}`);
  const row = transaction ?? {
    account: decision.account,
    merchant: decision.merchant,
    order: decision.order,
    // An amendment has its cause's.
    time: decision.cause === undefined ? decision.eventTime : undefined,
  };
  for (const line of describeTransaction(row, context)) lines.push(`  ${line}`);
  for (const reason of decision.reasons ?? []) {
    if (isEngineReason(reason)) lines.push(`  * ${reason.code}${inBrackets(codesOf(reason))}`);
  }
  for (const evidence of toldBy(decision)) lines.push(...explainRule(evidence, decision, context));
  const { hold, reversal } = decision;
  if (hold !== undefined) lines.push(`  ${explainHold(hold, context.timezone)}`);
  if (reversal !== undefined) {
    lines.push(
      ...wrapWords(explainReversal(reversal, context.timezone), WIDTH - 2).map((l) => `  ${l}`),
    );
  }
  if (decision.flags !== undefined && decision.flags.length > 0) {
    lines.push(`  flags: ${decision.flags.join(', ')}`);
  }
  return lines;
}

/** The evidence, and of reasons that have none in this decision (an amendment's row rules) the rule alone. */
function toldBy({ evidence = [], reasons = [] }: Decision): DecisionEvidence[] {
  const told = new Set(evidence.map(({ rule }) => rule));
  const bare = reasons.flatMap(({ rule }) =>
    rule === undefined || told.has(rule) ? [] : [{ rule }],
  );
  return [...evidence, ...bare];
}

/** SCORE is told by the rules that gave points. */
function isEngineReason({ code, rule }: DecisionReason): boolean {
  return rule === undefined && code !== 'SCORE';
}

function describeTransaction(
  row: Readonly<Record<string, unknown>>,
  { timezone }: ExplainContext,
): string[] {
  const text = (key: string): string => {
    const value = row[key];
    if (typeof value !== 'string') return '';
    return isEchoedField(key) || isCardField(key) ? value : maskText(value);
  };
  const part = (label: string, key: string): string => {
    const value = text(key);
    return value === '' ? '' : `${label}${value}`;
  };
  const amount =
    typeof row['amount'] === 'number' ? formatMoney(row['amount'], text('currency') || '???') : '';
  const place = [text('city'), text('country')].filter((item) => item !== '').join(', ');
  const where =
    typeof row['lat'] === 'number' && typeof row['lon'] === 'number'
      ? `at ${row['lat']}, ${row['lon']}`
      : '';
  const facts = [
    [text('kind'), amount].filter((item) => item !== '').join(' of '),
    typeof row['time'] === 'number' ? formatTime(row['time'], timezone) : '',
    part('account ', 'account'),
    text('card') === '' ? '' : `card ${maskText(text('card'), { isCard: true })}`,
    text('merchant') === ''
      ? ''
      : `merchant ${[text('merchant'), text('merchantName')].filter((item) => item !== '').join(' ')}`,
    part('category ', 'mcc'),
    part('terminal ', 'terminal'),
    text('channel'),
    place,
    where,
    part('ip ', 'ip'),
    part('device ', 'device'),
    part('verification ', 'verification'),
    part('terminal says ', 'terminalStatus'),
    part('wallet says ', 'walletStatus'),
    typeof row['balance'] === 'number'
      ? `balance ${formatMoney(row['balance'], text('currency') || '???')}`
      : '',
    part('account is ', 'accountState'),
    part('order ', 'order'),
    part('for ', 'of'),
  ];
  const said = facts.filter((fact) => fact !== '').map((fact) => clean(fact));
  return wrap(withCommas(said), WIDTH - 2);
}

function explainRule(
  evidence: DecisionEvidence,
  decision: Decision,
  context: ExplainContext,
): string[] {
  const info = context.rules.get(evidence.rule);
  const reason = decision.reasons?.find(({ rule }) => rule === evidence.rule);
  const said = inBrackets([info?.outcome ?? '', ...codesOf(reason)]);
  const points = evidence.score === undefined ? '' : `  +${formatNumber(evidence.score, 0)} points`;
  const lines = [`  * ${evidence.rule}${said}${points}`];
  if (info?.description)
    lines.push(...wrapWords(maskText(info.description), WIDTH - 6).map((l) => `      ${l}`));
  for (const item of evidence.compared ?? []) {
    // That a payment is a payment tells nobody anything.
    if (item.what === 'tx.kind') continue;
    lines.push(...explainItem(item, info, context).map((line) => `      ${line}`));
  }
  for (const by of evidence.exemptBy ?? [])
    lines.push(`      outcome taken away by exemption ${by}`);
  return lines;
}

function codesOf(reason: DecisionReason | undefined): string[] {
  const { responseCode, reversalReason, isoReason } = reason ?? {};
  return [
    responseCode === undefined ? '' : `DE39 ${responseCode}`,
    reversalReason === undefined ? '' : `DE25 ${reversalReason}`,
    isoReason === undefined ? '' : `ISO ${isoReason}`,
  ];
}

/** " (a, b)"; '' of nothing. */
function inBrackets(parts: readonly string[]): string {
  const said = parts.filter((part) => part !== '').join(', ');
  return said === '' ? '' : ` (${said})`;
}

/** One line, or two when what was compared is long. */
function explainItem(
  item: EvidenceItem,
  info: RuleInfo | undefined,
  { currency, timezone }: ExplainContext,
): string[] {
  const quantity = info?.quantities.get(item.what);
  const show = (value: EvidenceItem['value']): string => {
    if (value === undefined) return '';
    const isText = typeof value === 'string' && !isEchoedField(item.what);
    const shown = isText ? maskText(value, { isCard: isCardField(item.what) }) : value;
    return clean(formatValue(shown, quantity, currency, timezone));
  };
  const value = [show(item.value), formatWindow(quantity)].filter((part) => part !== '').join(' ');
  const threshold = show(item.threshold);
  const margin = item.margin === undefined ? '' : `  by ${show(Math.abs(item.margin))}`;
  // Equal values need not be said twice; of what is only asked for, the value is the news.
  const hasOneSide = item.op === '==' || item.threshold === undefined;
  const said = hasOneSide
    ? `${item.op} ${value === '' ? threshold : value}`
    : `${value}  ${item.op} ${threshold}${margin}`;
  const what = clean(maskText(item.what));
  if (what.length <= WHAT_WIDTH) return [`${what.padEnd(WHAT_WIDTH)} ${said}`.trimEnd()];
  return [shorten(what, WIDTH - 6), `${' '.repeat(WHAT_WIDTH)} ${said}`.trimEnd()];
}

/** Text of strangers on a terminal: no control characters, one line. */
function clean(text: string): string {
  // Control characters could move the cursor or change colours.
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
}

/** A sentence of strangers, broken between words. */
function wrapWords(text: string, width: number): string[] {
  return wrap(clean(text).split(' '), width);
}
