// Transactions as bytes, spelled in every legal way: order of keys, escapes, blanks and number forms
// of JSON, widths of msgpack. Without a Random they are spelled the usual way.

import { Packr } from 'msgpackr';
import type { Random } from '../../src/base/random.ts';

export type PlainRow = Readonly<Record<string, unknown>>;

/** One line a row, the last one ended too. */
export function toNdjson(rows: readonly PlainRow[], random?: Random): Uint8Array {
  const lines = rows.map((row) => jsonRow(row, random));
  return new TextEncoder().encode(lines.map((line) => `${line}${eol(random)}`).join(''));
}

/** Maps one after another. */
export function toMsgpack(rows: readonly PlainRow[], random?: Random): Uint8Array {
  return concatenate(rows.map((row) => msgpackRow(row, random)));
}

function eol(random: Random | undefined): string {
  return random?.chance(0.1) ? '\r\n' : '\n';
}

function entriesOf(row: PlainRow, random: Random | undefined): [string, unknown][] {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  if (random === undefined) return entries;
  for (let i = entries.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [a, b] = [entries[i], entries[j]];
    if (a !== undefined && b !== undefined) [entries[i], entries[j]] = [b, a];
  }
  if (random.chance(0.1)) {
    entries.splice(random.below(entries.length + 1), 0, [
      'x-unknown',
      { deep: [1, 'two', { id: 'not this one' }], amount: null },
    ]);
  }
  return entries;
}

function jsonRow(row: PlainRow, random: Random | undefined): string {
  const gap = (): string => (random?.chance(0.1) ? random.pick([' ', '\t', '  ']) : '');
  const members = entriesOf(row, random).map(
    ([key, value]) =>
      `${gap()}${jsonText(key, random, 0.02)}${gap()}:${gap()}${jsonValue(value, random)}${gap()}`,
  );
  return `${gap()}{${members.join(',')}}${gap()}`;
}

function jsonValue(value: unknown, random: Random | undefined): string {
  if (typeof value === 'string') return jsonText(value, random, 0.15);
  if (typeof value === 'number' && random !== undefined) return jsonNumber(value, random);
  return JSON.stringify(value);
}

/** Some characters as \u escapes. */
function jsonText(text: string, random: Random | undefined, escaping: number): string {
  if (random === undefined || !random.chance(escaping)) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const spelled = units.map((unit) =>
    isSurrogate(unit) || random.chance(0.5)
      ? escape(unit)
      : JSON.stringify(String.fromCharCode(unit)).slice(1, -1),
  );
  return `"${spelled.join('')}"`;
}

function escape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

/** The same number as 100, 100.0, 1e2 or 10E+1. */
function jsonNumber(value: number, random: Random): string {
  const plain = JSON.stringify(value);
  if (random.chance(0.85) || plain.includes('e')) return plain;
  const isWhole = Number.isInteger(value);
  const forms = [
    isWhole ? `${plain}.0` : `${plain}0`,
    `${plain}e0`,
    `${plain}E+00`,
    ...(isWhole && value % 10 === 0 && value !== 0 ? [`${value / 10}e1`] : []),
    ...(isWhole && value !== 0 ? [`${plain}0e-1`] : []),
  ];
  return random.pick(forms);
}

function msgpackRow(row: PlainRow, random: Random | undefined): Uint8Array {
  const packr = new Packr({ useRecords: false, variableMapSize: true });
  const entries = entriesOf(row, random);
  const parts = entries.flatMap(([key, value]) => [
    packr.pack(key),
    typeof value === 'number' && random !== undefined
      ? msgpackNumber(value, random, packr)
      : packr.pack(value),
  ]);
  const count = entries.length;
  const wide = random?.chance(0.2) ?? false;
  const head =
    count < 16 && !wide ? [0x80 | count] : wide ? [0xdf, 0, 0, 0, count] : [0xde, 0, count];
  return concatenate([Uint8Array.from(head), ...parts]);
}

/** Whole numbers as the narrowest form, as int64, float64, or float32 where that is exact. */
function msgpackNumber(value: number, random: Random, packr: Packr): Uint8Array {
  const view = new DataView(new ArrayBuffer(9));
  const form = random.below(6);
  if (form === 0 && Number.isInteger(value)) {
    view.setUint8(0, value < 0 || random.chance(0.5) ? 0xd3 : 0xcf);
    view.setBigInt64(1, BigInt(value));
    return new Uint8Array(view.buffer);
  }
  if (form === 1) {
    view.setUint8(0, 0xcb);
    view.setFloat64(1, value);
    return new Uint8Array(view.buffer);
  }
  if (form === 2 && Math.fround(value) === value) {
    view.setUint8(0, 0xca);
    view.setFloat32(1, value);
    return new Uint8Array(view.buffer, 0, 5);
  }
  return packr.pack(value);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
