// Writes the in-order update of one entity kind as JavaScript: the hottest loop of the engine.
//
// For each row of a tile: put its time at the ring's end, advance each window's cursor (the new row
// itself stops the loop, so it needs no bound), store the prefixes, write the feature values. What is
// rare is a call: a late row (`s.late`), room (`s.roomFor`), a fold's flip, a sum near 2^53.
// Generated rather than interpreted because which terms there are is known from the plan; names are
// ours and values are numbers, so no text of a rules file can become code.
//
// Here the functions are put together; their parts: term-source.ts (what the row contributes),
// store-source.ts (how it enters), feature-source.ts (what is then told of it).

import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { placeValues, writeFeatures } from './feature-source.ts';
import type { UpdateSourceOptions } from './source-parts.ts';
import { rowAt } from './source-parts.ts';
import type { EntityLayout } from './state-layout.ts';
import { HEADER } from './state-layout.ts';
import { advanceCursor, storeNewest, storeTerms } from './store-source.ts';
import { TermWriter, rowPrelude } from './term-source.ts';

const LOCALS = `const i32 = c.i32, f64 = c.f64, F = c.F, FI = c.FI, rt = c.rt, K = c.K;
const calendar = c.calendar, haversineKm = c.haversineKm;
const H = s.H, HD = s.HD, R = s.R, RD = s.RD, X = s.X, XI = s.XI;`;

/**
 * `function update(c, s, rows, slots, from, to)`: c = row tables and runtime, s = the entity's state;
 * rows[j] with slots[j] for j in [from, to), in stream order.
 */
export function updateSource(options: UpdateSourceOptions): string {
  const { layout } = options;
  const words = layout.headerWords;
  const terms = new TermWriter(options);
  const own = terms.all().join('\n');
  return `function update(c, s, rows, slots, from, to) {
${LOCALS}
${terms.preamble()}
for (let j = from; j < to; j++) {
const row = rows[j];
${rowPrelude(options).join('\n')}
const h = slots[j] * ${words}, hd = h >> 1;
const t = f64[b64 + ${ROW.timeMs / 8}];
if ((flags & ${ROW_FLAG.late}) !== 0 || t < HD[hd + ${HEADER.lastTime / 2}]) { s.late(row, slots[j]); continue; }
const end = H[h + ${HEADER.end}];
if (end === H[h + ${HEADER.limit}]) s.roomFor(slots[j], row);
const cap = H[h + ${HEADER.capacity}], base = H[h + ${HEADER.base}];
${own}
const a = ${rowAt(layout, 'end')};
RD[a >> 1] = t;
${layout.windows.flatMap((_, w) => advanceCursor(options, w)).join('\n')}
${storeTerms(options).join('\n')}
H[h + ${HEADER.end}] = (end + 1) | 0;
${placeValues(options).join('\n')}
${writeFeatures(options).join('\n')}
${storeNewest(options).join('\n')}
HD[hd + ${HEADER.lastTime / 2}] = t;
}
}`;
}

/** `function contribute(c, s, row, X, XI)`: the row's own terms as doubles, see term-offsets.ts. */
export function contributeSource(options: UpdateSourceOptions): string {
  const { layout } = options;
  const lines: string[] = [];
  const terms = new TermWriter(options);
  const own = terms.all().join('\n');
  let at = 1; // X[0] is scratch
  const put = (text: string): void => {
    lines.push(`X[${at++}] = ${text};`);
  };
  put('decided ? 1 : 0');
  layout.counts.forEach((_, i) => put(`k${i}`));
  layout.sums.forEach((_, i) => put(`v${i} === v${i} ? v${i} : 0`));
  layout.raws.forEach((_, i) => put(`r${i}`));
  layout.distincts.forEach((_, i) => {
    put(`d${i} ? 1 : 0`);
    lines.push(`XI[${at * 2}] = d${i}lo; XI[${at * 2 + 1}] = d${i}hi;`);
    at++;
  });
  layout.lasts.forEach((term, i) => {
    if (term.isString) {
      lines.push(`s.putText(XI, ${at * 2}, l${i}len, l${i}lo, l${i}hi, l${i}off);`);
      at += term.doubles;
    } else put(`l${i}`);
  });
  layout.places.forEach((_, i) => put(`g${i} ? 1 : 0`));
  if (layout.places.length > 0) {
    put('located ? latDegrees : NaN');
    put('located ? lonDegrees : NaN');
  }
  return `function contribute(c, s, row) {
const i32 = c.i32, f64 = c.f64, rt = c.rt, K = c.K, X = s.X, XI = s.XI;
${terms.preamble()}
${rowPrelude(options).join('\n')}
${own}
${lines.join('\n')}
}`;
}

/** Most addresses that `lines` writes of one row: its own place, and each window's oldest row. */
export function linesOfRow(layout: EntityLayout): number {
  return 1 + layout.windows.length;
}

/**
 * `function lines(s, slots, from, to, at)`: the addresses of each line of the rings that update will need,
 * for touchLines. In a block that is full the next row's place is the oldest row's, which room is made by.
 */
export function linesSource({ layout }: UpdateSourceOptions): string {
  const addresses = layout.windows.map(
    ({ cursor }, w) => `{ const q = H[h + ${cursor}]; at[n + ${w + 1}] = ${rowAt(layout, 'q')}; }`,
  );
  return `function lines(s, slots, from, to, at) {
const H = s.H, R = s.R;
let n = 0;
for (let j = from; j < to; j++) {
const slot = slots[j];
if (slot < 0) continue;
const h = slot * ${layout.headerWords};
const cap = H[h + ${HEADER.capacity}], base = H[h + ${HEADER.base}], end = H[h + ${HEADER.end}];
if (cap === 0) continue;
at[n] = ${rowAt(layout, 'end')};
${addresses.join('\n')}
n += ${linesOfRow(layout)};
}
return n;
}`;
}
