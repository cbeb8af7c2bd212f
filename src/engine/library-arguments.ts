// What programs hand to the library, checked before anything is done with it: each problem is a HoldfastError
// USAGE that names the argument, what was given and what was expected.

import { HoldfastError } from '../base/errors.ts';
import { nearMiss } from '../base/near-miss.ts';
import type { Format } from '../domain/ports.ts';

const OPTIONS = ['rules', 'workers', 'onDeadLetter', 'emitShadow', 'hashKey'];
const ARRIVAL_KEYS = ['arrivedMs', 'nowMs'];
const WORKERS_MAX = 64;
const EPOCH_MS = 'ms since the epoch';
const BYTE_ORDER_MARK = 0xef;
const BLANKS = [0x20, 0x09, 0x0a, 0x0d];

/** @param options of createEngine, as it came */
export function checkOptions(options: unknown): void {
  if (!isRecord(options)) throw refused('create an engine', 'options', options, 'an object');
  refuseUnknown('create an engine', 'there is no option', options, OPTIONS);
  const { rules, workers, onDeadLetter, emitShadow, hashKey } = options;
  const check = (name: string, isRight: boolean, expected: string): void => {
    if (!isRight) throw refused('create an engine', name, options[name], expected);
  };
  check('rules', typeof rules === 'string' && rules !== '', 'the path of a rules file');
  if (workers !== undefined) {
    const isCount = Number.isInteger(workers) && Number(workers) >= 1;
    check(
      'workers',
      isCount && Number(workers) <= WORKERS_MAX,
      `a whole number from 1 to ${WORKERS_MAX}`,
    );
  }
  check(
    'onDeadLetter',
    onDeadLetter === undefined || typeof onDeadLetter === 'function',
    'a function',
  );
  check('emitShadow', emitShadow === undefined || typeof emitShadow === 'boolean', 'true or false');
  if (hashKey === undefined) return;
  const isKey = isRecord(hashKey) && isWord(hashKey['k0']) && isWord(hashKey['k1']);
  // A secret of the installation: what was given is not told.
  if (!isKey) {
    throw usage(
      'Cannot create an engine: hashKey is not { k0, k1 }, two whole numbers of 32 bits, signed or not.',
    );
  }
}

export function defaultWorkers(cores: number): number {
  return Math.min(WORKERS_MAX, Math.max(1, cores - 1));
}

/** @param batch of decide, as it came; rows of an array are looked at one by one */
export function checkBatch(batch: unknown): void {
  if (batch instanceof Uint8Array) return;
  const expected = 'a Uint8Array of NDJSON or msgpack, or an array of transactions';
  if (!Array.isArray(batch)) throw refused('decide', 'the batch', batch, expected);
  for (let index = 0; index < batch.length; index++) {
    // Any other value is a row that cannot be read.
    if (batch[index] === undefined) {
      throw usage(
        `Cannot decide: row ${index} of the batch is undefined. Nothing of it was decided.`,
      );
    }
  }
}

/** When rows arrived, as it was at the call: what the caller does to it afterwards changes nothing. */
export interface TakenArrival {
  /** of all rows, or one a row */
  readonly arrivedMs: number | readonly number[];
  readonly nowMs: number;
}

/** @param arrival of decide, as it came; how long a list is to be is checkTimes's */
export function takeArrival(arrival: unknown): TakenArrival | null {
  if (arrival === undefined) return null;
  if (!isRecord(arrival)) throw refused('decide', 'arrival', arrival, '{ arrivedMs, nowMs }');
  refuseUnknown('decide', 'arrival has no key', arrival, ARRIVAL_KEYS);
  const { arrivedMs, nowMs } = arrival;
  if (!isTime(nowMs)) throw refused('decide', 'nowMs', nowMs, EPOCH_MS);
  if (isTime(arrivedMs)) return { arrivedMs, nowMs };
  const expected = `${EPOCH_MS}, a number for all rows or a list of one a row`;
  if (!isList(arrivedMs)) throw refused('decide', 'arrivedMs', arrivedMs, expected);
  const times: number[] = [];
  for (let row = 0; row < arrivedMs.length; row++) {
    const time = arrivedMs[row];
    if (!isTime(time)) throw refused('decide', `arrivedMs[${row}]`, time, EPOCH_MS);
    times.push(time);
  }
  return { arrivedMs: times, nowMs };
}

export function checkTimes(arrivedMs: readonly number[], rowCount: number): void {
  if (arrivedMs.length === rowCount) return;
  throw usage(`Cannot decide: arrivedMs has ${arrivedMs.length} times for ${rowCount} rows.`);
}

/** @param untilMs of advance, as it came */
export function checkInstant(untilMs: unknown): void {
  if (typeof untilMs === 'number' && !Number.isNaN(untilMs)) return;
  throw refused('advance', 'untilMs', untilMs, `${EPOCH_MS}, or Infinity`);
}

/** NDJSON is text: its first byte is ASCII or a byte-order mark's, which no map of msgpack begins with. */
export function formatOf(bytes: Uint8Array): Format {
  const first = bytes.find((byte) => !BLANKS.includes(byte));
  const isText = first === undefined || first < 0x80 || first === BYTE_ORDER_MARK;
  return isText ? 'ndjson' : 'msgpack';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Any list of numbers: an array, a typed array, an object with a length. */
function isList(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null || !('length' in value)) return false;
  return Number.isInteger(value.length) && Number(value.length) >= 0;
}

/** 32 bits, signed or not: of more the hash would take the lowest, and two secrets would be one. */
function isWord(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 32;
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

/** A key that nobody reads is most often a slip. @param none what is said before its name */
function refuseUnknown(
  what: string,
  none: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const name = Object.keys(given).find((key) => !known.includes(key));
  if (name === undefined) return;
  const near = nearMiss(name, known);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  throw usage(`Cannot ${what}: ${none} "${name}"; expected ${known.join(', ')}.${hint}`);
}

function refused(what: string, name: string, given: unknown, expected: string): HoldfastError {
  return usage(`Cannot ${what}: ${name} is ${shown(given)}; expected ${expected}.`);
}

function usage(message: string): HoldfastError {
  return new HoldfastError('USAGE', message);
}

/** A value in a few words: what stands in it may be a card number. */
function shown(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'no class'})`;
  if (value === '') return 'an empty string';
  return value === undefined ? 'missing' : `a ${typeof value}`;
}
