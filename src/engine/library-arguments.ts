// What programs hand to the library, checked before anything is done with it: each problem is a HoldfastError
// USAGE that names the argument, what was given and what was expected.

import { HoldfastError } from '../base/errors.ts';
import { nearMiss } from '../base/near-miss.ts';
import type { Format } from '../domain/ports.ts';

const OPTIONS = ['rules', 'workers', 'onDeadLetter', 'emitShadow', 'hashKey'];
const WORKERS_MAX = 64;
const BYTE_ORDER_MARK = 0xef;
const BLANKS = [0x20, 0x09, 0x0a, 0x0d];

/** @param options of createEngine, as it came */
export function checkOptions(options: unknown): void {
  if (!isRecord(options)) throw refused('create an engine', 'options', options, 'an object');
  for (const name of Object.keys(options)) {
    if (OPTIONS.includes(name)) continue;
    const near = nearMiss(name, OPTIONS);
    const hint = near === null ? '' : ` Did you mean "${near}"?`;
    const known = `expected ${OPTIONS.join(', ')}`;
    throw usage(`Cannot create an engine: there is no option "${name}"; ${known}.${hint}`);
  }
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
  const isKey =
    isRecord(hashKey) && Number.isInteger(hashKey['k0']) && Number.isInteger(hashKey['k1']);
  // A secret of the installation: what was given is not told.
  if (!isKey) throw usage('Cannot create an engine: hashKey is not { k0, k1 }, two whole numbers.');
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

/** @param arrival of decide, as it came; how long a list is to be is checkTimes's */
export function checkArrival(arrival: unknown): void {
  if (arrival === undefined) return;
  if (!isRecord(arrival)) throw refused('decide', 'arrival', arrival, '{ arrivedMs, nowMs }');
  const { arrivedMs, nowMs } = arrival;
  if (!Number.isFinite(nowMs)) throw refused('decide', 'nowMs', nowMs, 'ms since the epoch');
  const isList = Array.isArray(arrivedMs) || ArrayBuffer.isView(arrivedMs);
  const all = isList ? Array.from(arrivedMs as ArrayLike<unknown>) : [arrivedMs];
  const wrong = all.findIndex((ms) => !Number.isFinite(ms));
  if (wrong >= 0) {
    const name = isList ? `arrivedMs[${wrong}]` : 'arrivedMs';
    throw refused('decide', name, all[wrong], 'ms since the epoch');
  }
}

export function checkTimes(arrivedMs: ArrayLike<unknown>, rowCount: number): void {
  if (arrivedMs.length === rowCount) return;
  throw usage(`Cannot decide: arrivedMs has ${arrivedMs.length} times for ${rowCount} rows.`);
}

/** @param untilMs of advance, as it came */
export function checkInstant(untilMs: unknown): void {
  if (typeof untilMs === 'number' && !Number.isNaN(untilMs)) return;
  throw refused('advance', 'untilMs', untilMs, 'ms since the epoch, or Infinity');
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
