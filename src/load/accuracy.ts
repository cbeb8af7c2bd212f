// How right the decisions of a file (NDJSON) were, against a labels file
// (`transactionId,label,knownAt,kind`) and, for the money at stake, the transactions (NDJSON): one
// streaming pass each. What is counted, and in what memory: accuracy-meter.ts. Cost: ~0.5 us an allowed
// row, a JSON.parse for each that was stopped, ~0.5 us a transaction.

import { HoldfastError } from '../base/errors.ts';
import { DEFAULT_HASH_KEY, hashString } from '../base/hash.ts';
import { createMoneyConversion } from '../domain/currencies.ts';
import type { Decision } from '../domain/decision.ts';
import type { RateData } from '../domain/plan.ts';
import type { Accuracy } from './accuracy-figures.ts';
import { AccuracyMeter } from './accuracy-meter.ts';
import { eachLine, parseLine } from './lines.ts';

export interface MeasureOptions {
  /** NDJSON. */
  readonly decisionsPath: string;
  /** CSV; its 4th column `kind` may be absent: then the label is the kind. */
  readonly labelsPath: string;
  /** Trigger of each rule: the kind of label that it is for. */
  readonly triggers?: ReadonlyMap<string, string>;
  /** null = money is not counted */
  readonly money?: MoneyOptions | null;
  /** Sees every decision that holds or reverses, amendments too: for examples. */
  readonly onStopped?: (decision: Decision) => void;
}

export interface MoneyOptions {
  /** NDJSON. */
  readonly transactionsPath: string;
  /** Of the rules file: what money is counted in, and rates into it. */
  readonly currency: string;
  readonly rates: readonly RateData[];
}

/** Throws HoldfastError IO_FAILED when a file cannot be read or is not what it should be. */
export async function measureAccuracy(options: MeasureOptions): Promise<Accuracy> {
  const meter = new AccuracyMeter(options.triggers);
  await eachLine(options.labelsPath, (line, number) => {
    if (number === 0) return;
    const [transactionId, label, , kind] = line.split(',');
    if (transactionId === undefined || label === undefined) {
      throw notAsExpected(options.labelsPath, number, 'transactionId,label,knownAt,kind');
    }
    meter.addLabel(transactionId, label, kind ?? label);
  });
  await eachLine(options.decisionsPath, (line, number) => {
    if (line.includes('"outcome":"allow"') && !TOLD_BESIDE.test(line)) {
      addAllowedLine(line, meter);
      return;
    }
    const decision = parseLine(line) as Decision | null;
    if (decision === null) throw notAsExpected(options.decisionsPath, number, 'a decision');
    if (meter.add(decision) && decision.outcome !== 'allow') options.onStopped?.(decision);
  });
  if (options.money) await addMoney(options.money, meter);
  return meter.result();
}

/** What else a decision may tell: another rule's "allow", a broken row, a repeat, an id with escapes. */
const TOLD_BESIDE = /"(?:reasons|shadow|flags)"|\\/;

/** Most decisions allow and tell nothing else: they are read without being parsed. */
function addAllowedLine(line: string, meter: AccuracyMeter): void {
  const id = textAfter(line, '"transactionId":"');
  if (line.includes('"cause":"')) meter.addAllowed(id, true);
  else if (line.includes('"revision":0')) meter.addAllowed(id);
}

async function addMoney(options: MoneyOptions, meter: AccuracyMeter): Promise<void> {
  const conversion = createMoneyConversion(options.currency, options.rates, DEFAULT_HASH_KEY);
  const seen = new Set<string>();
  await eachLine(options.transactionsPath, (line) => {
    // A broken row is no transaction: the engine has said so already.
    const isPlain = line.startsWith(ID_FIRST) && !line.includes('\\');
    const id = isPlain ? textAfter(line, ID_FIRST) : parseLine(line)?.['id'];
    if (typeof id !== 'string' || !meter.wantsAmount(id) || seen.has(id)) return;
    const row = parseLine(line);
    if (row === null) return;
    seen.add(id);
    const { amount, currency } = row;
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) return;
    const from = typeof currency === 'string' ? currency : options.currency;
    const minor = conversion.convert(amount, ...hashString(from, DEFAULT_HASH_KEY));
    // Less than nothing is no money that anybody holds.
    if (minor > 0) meter.addAmount(id, minor);
  });
}

const ID_FIRST = '{"id":"';

function textAfter(line: string, key: string): string {
  const start = line.indexOf(key) + key.length;
  return line.slice(start, line.indexOf('"', start));
}

function notAsExpected(path: string, line: number, what: string): HoldfastError {
  return new HoldfastError('IO_FAILED', `Cannot read "${path}": line ${line + 1} is not ${what}`, {
    path,
  });
}
