// Writes the msgpack decoder's straight path as JavaScript: rows whose keys stand in the contract's
// order, any of them left out, as code without a loop over fields.
//
// What the table-driven loop (msgpack-decoder.ts) looks up for every field, its key's words, slot,
// class, salts, bits, is a constant here, and a key that is left out costs one comparison. The first
// row that is anything else (other order, unknown key, odd value, error) ends the call: the loop
// decodes that row, all of it. Text is made of number literals and names of ours only.
// Cost: two thirds of the loop's; about 300 bytes of bytecode a field.

import { LANE_A, LANE_B, MIX_A, MIX_B } from '../base/hash.ts';
import { DECIDED_KIND_COUNT, KINDS } from '../domain/fields.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import { CONTENT_A, CONTENT_B } from './content-hash.ts';
import type { FieldTables } from './field-tables.ts';
import { VALUE_CLASS } from './field-tables.ts';

/** What the generated function calls, and the value of each enum field that came last. */
export interface StraightHelpers {
  readonly utf8ErrorAt: (bytes: Uint8Array, from: number, end: number) => number;
  readonly enumIndex: (tables: FieldTables, field: number, lo: number, hi: number) => number;
  readonly convertMoney: (table: RowTable, base: number) => number;
  readonly tables: FieldTables;
  readonly lastEnums: Int32Array;
}

/** Decodes rows [from, to) up to the first that is not straight; its number, or `to`. */
export type StraightDecode = (
  table: RowTable,
  rowSpans: Int32Array,
  splitErrors: Int32Array,
  from: number,
  to: number,
  rowBase: number,
  helpers: StraightHelpers,
) => number;

const HASH_WORD = `a = Math.imul(a ^ w, ${LANE_A}); a ^= a >>> 15;
b = Math.imul(b ^ ((w << 16) | (w >>> 16)), ${LANE_B}); b ^= b >>> 13;`;

const finish = (name: string): string =>
  `${name} = Math.imul(${name} ^ (${name} >>> 16), ${MIX_A});
${name} = Math.imul(${name} ^ (${name} >>> 15), ${MIX_B});
${name} ^= ${name} >>> 15;`;

/** A string's header and bytes at `p`: p behind it, its hash in lo and hi. */
function stringSource(bytesMax: number): string {
  const tooLong = bytesMax < 255 ? ` || n > ${bytesMax}` : '';
  return `let n = bytes[p++];
if (n === 0xd9) n = bytes[p++];
else if (n >>> 5 === 5) n &= 31;
else break rows;
const first = p, e = p + n;
if (e > end${tooLong}) break rows;
let a = k0, b = k1, marks = 0;
for (const last = e - 4; p <= last; p += 4) {
const w = view.getInt32(p, true);
marks |= w;
${HASH_WORD}
}
if (p < e) {
const w = view.getInt32(p, true) & ((1 << ((e - p) << 3)) - 1);
marks |= w;
${HASH_WORD}
p = e;
}
if ((marks & ${0x80808080 | 0}) !== 0 && utf8ErrorAt(bytes, first, e) >= 0) break rows;
lo = (a ^ n) + b;
${finish('lo')}
hi = b - n;
${finish('hi')}`;
}

const READ_BY_HEAD: Readonly<Record<number, string>> = {
  0xcc: 'number = bytes[p + 1]; p += 2;',
  0xcd: 'number = view.getUint16(p + 1); p += 3;',
  0xce: 'number = view.getUint32(p + 1); p += 5;',
  0xcb: 'number = view.getFloat64(p + 1); p += 9;',
  0xcf: 'number = view.getUint32(p + 1) * 4294967296 + view.getUint32(p + 5); p += 9;',
};

/** A number at `p`: p behind it, its checked value in f64[slot / 2]. */
function numberSource(valueClass: number, slot: number): string {
  const isDegrees = valueClass === VALUE_CLASS.latitude || valueClass === VALUE_CLASS.longitude;
  const isTime = valueClass === VALUE_CLASS.time;
  const heads = isDegrees ? [0xcb] : isTime ? [0xcf, 0xcb] : [0xce, 0xcd, 0xcb, 0xcf, 0xcc];
  const reads = heads.map((head) => `if (c === ${head}) { ${READ_BY_HEAD[head]} }`);
  const small = isTime ? '' : 'else if (c < 0x80) { number = c; p++; }';
  const limit = valueClass === VALUE_CLASS.latitude ? 90 : 180;
  let check = 'if (!(Math.abs(number) < Infinity)) break rows; number += 0;';
  if (isDegrees) {
    check = `if (!(Math.abs(number) <= ${limit})) break rows; number = Math.round(number * 1e7) / 1e7 + 0;`;
  } else if (valueClass <= VALUE_CLASS.time) {
    check = `if (!(Math.abs(number) < ${2 ** 53} && number === Math.floor(number))) break rows; number += 0;`;
  }
  return `const c = bytes[p];
let number = 0;
${reads.join(' else ')} ${small} else break rows;
if (p > end) break rows;
${check}
f64[(base + ${slot}) >> 1] = number;
lo = i32[base + ${slot}]; hi = i32[base + ${slot + 1}];`;
}

function enumSource(tables: FieldTables, field: number): string {
  const start = tables.enumStart[field] as number;
  const kind = field === tables.kindField ? `kind = v - ${start};` : '';
  return `let v = lastEnums[${field}];
if (enumLo[v] !== lo || enumHi[v] !== hi) {
v = enumIndex(tables, ${field}, lo, hi) | 0;
if (v < 0) break rows;
v += ${start};
lastEnums[${field}] = v;
}
${kind}`;
}

function valueSource(tables: FieldTables, field: number): string {
  const valueClass = tables.classes[field] as number;
  const slot = tables.slotWords[field] as number;
  if (valueClass <= VALUE_CLASS.enum) {
    return `${stringSource(tables.bytesMax[field] as number)}
${valueClass === VALUE_CLASS.enum ? enumSource(tables, field) : ''}
i32[base + ${slot}] = lo; i32[base + ${slot + 1}] = hi; i32[base + ${slot + 2}] = first; i32[base + ${slot + 3}] = n;`;
  }
  if (valueClass === VALUE_CLASS.boolean) {
    return `const c = bytes[p++];
if (c >>> 1 !== 0x61) break rows;
f64[(base + ${slot}) >> 1] = c & 1;
lo = i32[base + ${slot}]; hi = i32[base + ${slot + 1}];`;
  }
  return numberSource(valueClass, slot);
}

function missingSource(tables: FieldTables, field: number): string {
  const bits = field < 32 ? tables.readLo >>> field : tables.readHi >>> (field - 32);
  if ((bits & 1) === 0) return '';
  const slot = tables.slotWords[field] as number;
  if ((tables.classes[field] as number) > VALUE_CLASS.enum) {
    return `f64[(base + ${slot}) >> 1] = NaN;`;
  }
  return `i32[base + ${slot}] = 0; i32[base + ${slot + 1}] = 0; i32[base + ${slot + 2}] = 0; i32[base + ${slot + 3}] = -1;`;
}

/**
 * Whether a key, header first, stands at `p` and a value after it; `head` is the word at `p`. A key that
 * would end behind the row is not read, however long.
 */
function keyTest(key: Uint8Array): string {
  const word = (at: number): number =>
    [3, 2, 1, 0].reduce((sum, i) => (sum << 8) | (key[at + i] ?? 0), 0);
  const { length } = key;
  const mask = length < 4 ? ` & ${(1 << (length * 8)) - 1}` : '';
  const tests = [`(head${mask}) === ${word(0)}`, `p + ${length} < end`];
  for (let at = 4; at < length; at += 4) {
    // The last word overlaps the one before it.
    const from = Math.min(at, length - 4);
    tests.push(`view.getInt32(p + ${from}, true) === ${word(from)}`);
  }
  return tests.join(' && ');
}

function fieldSource(tables: FieldTables, field: number, key: Uint8Array): string {
  const saltLo = tables.saltLo[field] as number;
  const saltHi = tables.saltHi[field] as number;
  const isNeeded = (bits: Int32Array, bit: number): boolean => bits.some((b) => (b & bit) !== 0);
  const [bitLo, bitHi] = [tables.bitLo[field] as number, tables.bitHi[field] as number];
  const seen =
    (isNeeded(tables.neededLo, bitLo) ? `seenLo |= ${bitLo};` : '') +
    (isNeeded(tables.neededHi, bitHi) ? `seenHi |= ${bitHi};` : '');
  return `if (${keyTest(key)}) {
p += ${key.length};
left--;
${seen}
let lo = 0, hi = 0;
${valueSource(tables, field)}
head = view.getInt32(p, true);
let x = Math.imul(lo ^ ((hi << 16) | (hi >>> 16)) ^ ${saltLo}, ${CONTENT_A});
let y = Math.imul(hi ^ ${saltHi}, ${CONTENT_B});
sumLo = (sumLo + Math.imul(x ^ (x >>> 15), ${CONTENT_B})) | 0;
sumHi = (sumHi + Math.imul(y ^ (y >>> 15), ${CONTENT_A})) | 0;
} else { ${missingSource(tables, field)} }`;
}

/** As RecordWriter.writeGood has it. */
function recordSource(tables: FieldTables): string {
  const words: readonly (readonly [number, string])[] = [
    [ROW.flags, 'flags'],
    [ROW.kind, 'kind'],
    [ROW.bytesOffset, 'start'],
    [ROW.bytesLength, 'end - start'],
    [ROW.contentLo, 'sumLo'],
    [ROW.contentHi, 'sumHi'],
    [ROW.errorCode, '-1'],
    [ROW.errorField, '-1'],
    [ROW.errorAt, '-1'],
    [ROW.repeatRow, '-1'],
    [ROW.revision, '0'],
    [ROW.verdict, '0'],
  ];
  const money = tables.moneyFrom.length > 0 ? 'flags |= helpers.convertMoney(table, base);' : '';
  return `let flags = kind < ${DECIDED_KIND_COUNT} ? ${ROW_FLAG.decided} : 0;
${money}
${words.map(([at, value]) => `i32[base + ${at / 4}] = ${value};`).join('\n')}`;
}

/** @param keys one a field: its key as msgpack writes it, or null where it is longer than a fixstr */
export function straightSource(tables: FieldTables, keys: readonly (Uint8Array | null)[]): string {
  const { hashKey } = tables;
  const fields = keys.map((key, field) =>
    key !== null ? fieldSource(tables, field, key) : missingSource(tables, field),
  );
  return `function straight(table, spans, errors, from, to, rowBase, helpers) {
const { i32, f64, bytes, view } = table;
const { utf8ErrorAt, enumIndex, tables, lastEnums } = helpers;
const { neededLo, neededHi, enumLo, enumHi } = tables;
const k0 = ${hashKey.k0 | 0}, k1 = ${hashKey.k1 | 0};
let r = from;
rows: for (; r < to; r++) {
if (errors[r] >= 0) break;
const start = spans[2 * r], end = start + spans[2 * r + 1];
const base = (r - rowBase) * ${tables.strideWords};
let p = start + 1;
let left = bytes[start];
if (left === 0xde) {
left = (bytes[start + 1] << 8) | bytes[start + 2];
p = start + 3;
} else if (left >>> 4 === 8) left &= 15;
else break;
let seenLo = 0, seenHi = 0, sumLo = 0, sumHi = 0, kind = ${KINDS.length};
let head = view.getInt32(p, true);
${fields.join('\n')}
if (left !== 0 || p !== end || kind === ${KINDS.length}) break;
if ((neededLo[kind] & ~seenLo) !== 0 || (neededHi[kind] & ~seenHi) !== 0) break;
${recordSource(tables)}
}
return r;
}`;
}
