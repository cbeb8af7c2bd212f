// Writes the in-order update of one entity kind as JavaScript: the hottest loop of the engine.
//
// For each row of a tile: put its time at the ring's end, advance each window's cursor (the new row
// itself stops the loop, so it needs no bound), store the prefixes, write the feature values. What is
// rare is a call: a late row (`s.late`), room (`s.roomFor`), a fold's flip, a sum near 2^53.
// Generated rather than interpreted because which terms there are is known from the plan; names are
// ours and values are numbers, so no text of a rules file can become code.

import { assert } from '../base/assert.ts';
import type { Expression } from '../domain/expression.ts';
import type { FeatureLayout } from '../domain/feature-layout.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG, fieldNumber } from '../domain/row-layout.ts';
import type { CountTerm, EntityLayout, FoldTerm, LastTerm } from './state-layout.ts';
import { HEADER, PAGE_ROWS, PLACE_NONE } from './state-layout.ts';

/** What rules/compile offers to write expressions over the row at hand; a port, so floors hold. */
export interface ExpressionWriter {
  condition(e: Expression): string;
  number(e: Expression): string;
  string(e: Expression): { lo: string; hi: string; offset: string; length: string };
  /** Statements that must stand before the texts handed out since the last call. */
  takeStatements(): string[];
  /** Statements of the whole function that must stand before its loop. */
  preamble(): string[];
}

export interface UpdateSourceOptions {
  readonly layout: EntityLayout;
  readonly rows: RowLayout;
  readonly features: FeatureLayout;
  readonly timezoneWindows: boolean;
  readonly keepMs: number;
  readonly writer: () => ExpressionWriter;
}

/** Totals beyond this are brought down by `s.rebase` before they lose whole units at 2^53. */
export const SUM_REBASE_AT: number = 2 ** 52;

const FOLD_START: Record<FoldTerm['fn'], string> = { min: 'Infinity', max: '-Infinity', sum: '0' };

function combine(fn: FoldTerm['fn'], a: string, b: string): string {
  return fn === 'sum' ? `${a} + ${b}` : `Math.${fn}(${a}, ${b})`;
}

/** Word address of row `seq` of the ring at hand (locals base, cap). */
function rowAt(layout: EntityLayout, seq: string): string {
  const words = layout.rowWords;
  return (
    `(cap <= ${PAGE_ROWS} ? base + (${seq} & (cap - 1)) * ${words}` +
    ` : R[base + ((${seq} >>> 8) & ((cap >>> 8) - 1))] + (${seq} & ${PAGE_ROWS - 1}) * ${words})`
  );
}

function rowPrelude(options: UpdateSourceOptions): string[] {
  const { rows } = options;
  return [
    `const b32 = row * ${rows.strideBytes / 4}, b64 = row * ${rows.strideBytes / 8};`,
    `const flags = i32[b32 + ${ROW.flags / 4}];`,
    `const decided = (flags & ${ROW_FLAG.decided}) !== 0;`,
  ];
}

/** Statements that leave the row's own part of each term in locals (see the names below). */
class TermWriter {
  readonly lines: string[] = [];
  readonly #writer: ExpressionWriter;
  readonly #options: UpdateSourceOptions;

  constructor(options: UpdateSourceOptions) {
    this.#options = options;
    this.#writer = options.writer();
  }

  #expression<T>(write: () => T): T {
    const text = write();
    this.lines.push(...this.#writer.takeStatements());
    return text;
  }

  /** All parts of a string value: reading a part may add statements, so all are read at once. */
  #string(e: Expression): { lo: string; hi: string; offset: string; length: string } {
    return this.#expression(() => {
      const { lo, hi, offset, length } = this.#writer.string(e);
      return { lo, hi, offset, length };
    });
  }

  #where(where: Expression | null, decidedOnly: boolean): string {
    const parts = decidedOnly ? ['decided'] : [];
    if (where !== null) parts.push(`(${this.#expression(() => this.#writer.condition(where))})`);
    return parts.length === 0 ? 'true' : parts.join(' && ');
  }

  #present(e: Expression): string {
    if (e.type === 'string' || e.type === 'version') {
      return `${this.#string(e).length} >= 0`;
    }
    const name = `p${this.lines.length}`;
    const text = this.#expression(() => this.#writer.number(e));
    this.lines.push(`const ${name} = ${text};`);
    return `${name} === ${name}`;
  }

  /** k0, k1, ...: 0 or 1 */
  count(term: CountTerm, index: number): void {
    let text = this.#where(term.where, term.decidedOnly);
    if (term.present !== null) text += ` && ${this.#present(term.present)}`;
    this.lines.push(`const k${index} = (${text}) ? 1 : 0;`);
  }

  /** name: the value where the row counts, else NaN */
  value(name: string, where: Expression | null, decidedOnly: boolean, value: Expression): void {
    const met = this.#where(where, decidedOnly);
    const text = this.#expression(() => this.#writer.number(value));
    this.lines.push(`const ${name} = (${met}) ? ${text} : NaN;`);
  }

  /** d0, d0lo, d0hi */
  distinct(index: number): void {
    const term = this.#options.layout.distincts[index];
    if (term === undefined) return;
    const met = this.#where(term.where, term.decidedOnly);
    const name = `d${index}`;
    if (term.value.type === 'string' || term.value.type === 'version') {
      const text = this.#string(term.value);
      this.lines.push(
        `const ${name} = (${met}) && ${text.length} >= 0, ${name}lo = ${text.lo}, ${name}hi = ${text.hi};`,
      );
    } else {
      const text = this.#expression(() => this.#writer.number(term.value));
      // The bits of the double stand for it; + 0 makes -0 and 0 one.
      this.lines.push(
        `X[0] = ${text} + 0;`,
        `const ${name} = (${met}) && X[0] === X[0], ${name}lo = XI[0], ${name}hi = XI[1];`,
      );
    }
  }

  /** l0 (a number), or l0len, l0lo, l0hi, l0off */
  last(term: LastTerm, index: number): void {
    const name = `l${index}`;
    if (term.isString) {
      const text = this.#string(term.value);
      this.lines.push(
        `const ${name}len = decided ? ${text.length} : -1, ${name}lo = ${text.lo}, ${name}hi = ${text.hi}, ${name}off = ${text.offset};`,
      );
    } else {
      const text = this.#expression(() => this.#writer.number(term.value));
      this.lines.push(`const ${name} = decided ? ${text} : NaN;`);
    }
  }

  /** lat, lon (1e-7 degrees) and located; g0, g1, ...: located and met */
  places(): void {
    const { layout, rows } = this.#options;
    if (layout.places.length === 0) return;
    const slot = (name: string): number => (rows.slots[fieldNumber(rows, name)] as number) / 8;
    this.lines.push(
      `const latDegrees = f64[b64 + ${slot('lat')}], lonDegrees = f64[b64 + ${slot('lon')}];`,
      'const located = latDegrees === latDegrees && lonDegrees === lonDegrees;',
      `const lat = located ? Math.round(latDegrees * 1e7) | 0 : ${PLACE_NONE};`,
      'const lon = located ? Math.round(lonDegrees * 1e7) | 0 : 0;',
    );
    layout.places.forEach((term, index) => {
      const met = this.#where(term.where, term.decidedOnly);
      this.lines.push(`const g${index} = located && (${met});`);
    });
  }

  preamble(): string {
    return this.#writer.preamble().join('\n');
  }

  all(): string[] {
    const { layout } = this.#options;
    layout.counts.forEach((term, index) => this.count(term, index));
    layout.sums.forEach((term, index) =>
      this.value(`v${index}`, term.where, term.decidedOnly, term.value),
    );
    layout.raws.forEach((term, index) =>
      this.value(`r${index}`, term.where, term.decidedOnly, term.value),
    );
    layout.distincts.forEach((_, index) => this.distinct(index));
    layout.lasts.forEach((term, index) => this.last(term, index));
    this.places();
    return this.lines;
  }
}

/** Advances cursor `w`, giving back evicted distinct values. Leaves its row's address in a<w>. */
function advanceCursor(options: UpdateSourceOptions, w: number): string[] {
  const { layout } = options;
  const { window, cursor } = layout.windows[w] as EntityLayout['windows'][number];
  const lower =
    window.kind === 'length' ? `t - ${window.ms}` : `calendar.${window.kind}StartMs(t) - 1`;
  const evictions = layout.distincts.flatMap((term) =>
    term.counts
      .filter((entry) => entry.window === w)
      .map(
        (entry) =>
          `if ((R[a${w} + ${layout.rowFlags}] & ${term.presentBit | term.againBit}) === ${term.presentBit}) H[h + ${entry.count}]--;`,
      ),
  );
  return [
    `const lower${w} = ${lower};`,
    `let c${w} = H[h + ${cursor}], a${w} = ${rowAt(layout, `c${w}`)};`,
    `if (RD[a${w} >> 1] <= lower${w}) {`,
    `  do { ${evictions.join(' ')} c${w} = (c${w} + 1) | 0; a${w} = ${rowAt(layout, `c${w}`)}; } while (RD[a${w} >> 1] <= lower${w});`,
    `  H[h + ${cursor}] = c${w};`,
    '}',
  ];
}

/** Stores the row's terms at address `a`, sequence number `end`, and updates the totals. */
function storeTerms(options: UpdateSourceOptions): string[] {
  const { layout } = options;
  const lines: string[] = [];
  if (layout.rowFlags >= 0) {
    const bits = [
      ...(layout.rowDecidedBit > 0 ? [`(decided ? ${layout.rowDecidedBit} : 0)`] : []),
      ...layout.distincts.map((term, i) => `(d${i} ? ${term.presentBit} : 0)`),
      ...layout.places.flatMap((term, i) => (term.bit > 0 ? [`(g${i} ? ${term.bit} : 0)`] : [])),
    ];
    lines.push(`R[a + ${layout.rowFlags}] = ${bits.length > 0 ? bits.join(' | ') : '0'};`);
  }
  layout.counts.forEach((term, i) => {
    lines.push(
      `const K${i} = H[h + ${term.total}];`,
      `R[a + ${term.prefix}] = K${i}; H[h + ${term.total}] = (K${i} + k${i}) | 0;`,
    );
  });
  layout.sums.forEach((term, i) => {
    const total = `HD[hd + ${term.total / 2}]`;
    lines.push(
      `const own${i} = v${i} === v${i} ? v${i} : 0;`,
      `let S${i} = ${total};`,
      `if (Math.abs(S${i} + own${i}) > ${SUM_REBASE_AT}) { s.rebase(h, ${i}); S${i} = ${total}; }`,
      `RD[(a + ${term.prefix}) >> 1] = S${i}; ${total} = S${i} + own${i};`,
    );
  });
  layout.raws.forEach((term, i) => lines.push(`RD[(a + ${term.raw}) >> 1] = r${i};`));
  layout.folds.forEach((fold, i) => {
    const start = FOLD_START[fold.fn];
    const back = `HD[hd + ${fold.back / 2}]`;
    const bound = `H[h + ${fold.boundary}]`;
    lines.push(
      // Every row before the boundary has left: make the rows after it the new front.
      `if (((c${fold.window} - ${bound}) | 0) >= 0) s.flip(h, ${i}, c${fold.window}, end);`,
      `const was${i} = c${fold.window} === end ? ${start} : ${combine(
        fold.fn,
        `(((c${fold.window} - ${bound}) | 0) < 0 ? RD[(a${fold.window} + ${fold.suffix}) >> 1] : ${start})`,
        back,
      )};`,
      `const now${i} = r${fold.rawTerm} === r${fold.rawTerm} ? ${combine(fold.fn, `was${i}`, `r${fold.rawTerm}`)} : was${i};`,
      `if (r${fold.rawTerm} === r${fold.rawTerm}) ${back} = ${combine(fold.fn, back, `r${fold.rawTerm}`)};`,
    );
  });
  layout.distincts.forEach((term, i) => {
    const added = term.counts.map(
      ({ window, count }, j) =>
        `if (before${i} < 0 || RD[before${i} >> 1] <= lower${window}) { H[h + ${count}]++; e${i}_${j} = 1; }`,
    );
    if (term.counts.length > 0)
      lines.push(`let ${term.counts.map((_, j) => `e${i}_${j} = 0`).join(', ')};`);
    lines.push(
      `if (d${i}) {`,
      `  R[a + ${term.hash}] = d${i}lo; R[a + ${term.hash + 1}] = d${i}hi;`,
      `  const before${i} = s.newestOf(h, ${i}, d${i}lo, d${i}hi, end);`,
      `  if (before${i} >= 0) R[before${i} + ${layout.rowFlags}] |= ${term.againBit};`,
      `  ${added.join(' ')}`,
      '}',
    );
  });
  return lines;
}

/** Stores what features without a window remember; after the features were written. */
function storeNewest(options: UpdateSourceOptions): string[] {
  const { layout, keepMs } = options;
  const lines: string[] = [];
  layout.lasts.forEach((term, i) => {
    if (term.isString) {
      lines.push(
        `s.putText(R, a + ${term.raw}, l${i}len, l${i}lo, l${i}hi, l${i}off);`,
        `if (l${i}len >= 0) { s.putText(H, h + ${term.newest}, l${i}len, l${i}lo, l${i}hi, l${i}off); HD[hd + ${term.newest / 2 + term.doubles}] = t; }`,
      );
    } else {
      lines.push(
        `RD[(a + ${term.raw}) >> 1] = l${i};`,
        `if (l${i} === l${i}) { HD[hd + ${term.newest / 2}] = l${i}; HD[hd + ${term.newest / 2 + 1}] = t; }`,
      );
    }
  });
  if (layout.rowLat >= 0) {
    lines.push(`R[a + ${layout.rowLat}] = lat; R[a + ${layout.rowLat + 1}] = lon;`);
  }
  layout.places.forEach((term, i) => {
    lines.push(
      `if (g${i}) { HD[hd + ${term.newest / 2}] = t; H[h + ${term.newest + 2}] = lat; H[h + ${term.newest + 3}] = lon; }`,
    );
  });
  const previous = `HD[hd + ${previousTime(layout) / 2}]`;
  if (layout.firstTime >= 0) {
    lines.push(`if (decided && t - ${previous} > ${keepMs}) HD[hd + ${layout.firstTime / 2}] = t;`);
  }
  if (layout.lastDecided >= 0) lines.push(`if (decided) ${previous} = t;`);
  return lines;
}

/** Header word of the time of the newest row that sinceLast and age look at. */
export function previousTime(layout: EntityLayout): number {
  return layout.lastDecided >= 0 ? layout.lastDecided : HEADER.lastTime;
}

function featureText(
  options: UpdateSourceOptions,
  entry: EntityLayout['features'][number],
): { text: string; before: string[] } {
  const { layout, keepMs } = options;
  const { recipe, prior } = entry;
  const countOf = (term: number, window: number): string => {
    const { total, prefix } = layout.counts[term] as CountTerm;
    const own = prior ? ` - k${term}` : '';
    return `((H[h + ${total}]${own} - R[a${window} + ${prefix}]) | 0)`;
  };
  const sumOf = (term: number, window: number): string => {
    const { prefix } = layout.sums[term] as EntityLayout['sums'][number];
    return `(S${term}${prior ? '' : ` + own${term}`} - RD[(a${window} + ${prefix}) >> 1])`;
  };
  const foldOf = (fold: number): string => `${prior ? 'was' : 'now'}${fold}`;
  switch (recipe.kind) {
    case 'count':
      return { text: countOf(recipe.term, recipe.window), before: [] };
    case 'sum':
      return { text: sumOf(recipe.term, recipe.window), before: [] };
    case 'avg':
    case 'foldAvg': {
      const count = countOf(recipe.count, recipe.window);
      const sum = recipe.kind === 'avg' ? sumOf(recipe.sum, recipe.window) : foldOf(recipe.fold);
      return { text: `(q === 0 ? NaN : ${sum} / q)`, before: [`const q = ${count};`] };
    }
    case 'fold': {
      const { fn } = layout.folds[recipe.fold] as FoldTerm;
      const value = foldOf(recipe.fold);
      if (fn === 'sum') return { text: value, before: [] };
      return { text: `(${value} === ${FOLD_START[fn]} ? NaN : ${value})`, before: [] };
    }
    case 'ratio':
      return {
        text: '(q === 0 ? (p === 0 ? 0 : NaN) : p / q)',
        before: [
          `const p = ${countOf(recipe.term, recipe.window)};`,
          `const q = ${countOf(recipe.of, recipe.window)};`,
        ],
      };
    case 'distinct': {
      const count = layout.distincts[recipe.term]?.counts[recipe.slot]?.count;
      assert(count !== undefined, 'a distinct has a count for each window that reads it');
      const own = prior ? ` - e${recipe.term}_${recipe.slot}` : '';
      return { text: `H[h + ${count}]${own}`, before: [] };
    }
    case 'last': {
      const term = layout.lasts[recipe.term] as LastTerm;
      const time = `HD[hd + ${term.newest / 2 + term.doubles}]`;
      return { text: `(t - ${time} <= ${keepMs} ? HD[hd + ${term.newest / 2}] : NaN)`, before: [] };
    }
    case 'sinceLast':
    case 'age': {
      const since = `t - HD[hd + ${previousTime(layout) / 2}]`;
      const value = recipe.kind === 'age' ? `t - HD[hd + ${layout.firstTime / 2}]` : 'q';
      return { text: `(q <= ${keepMs} ? ${value} : NaN)`, before: [`const q = ${since};`] };
    }
    case 'distanceKm':
    case 'speedKmh':
      return {
        text: `${recipe.kind === 'distanceKm' ? 'km' : 'kmh'}${recipe.term}`,
        before: [],
      };
  }
}

/** Distance and speed from the newest place, once a place term. */
function placeValues(options: UpdateSourceOptions): string[] {
  const { layout, keepMs } = options;
  return layout.places.flatMap((term, i) => [
    `let km${i} = NaN, kmh${i} = NaN;`,
    `{ const since = t - HD[hd + ${term.newest / 2}];`,
    `if (located && since <= ${keepMs}) {`,
    `  const wasLat = H[h + ${term.newest + 2}], wasLon = H[h + ${term.newest + 3}];`,
    `  if (wasLat === lat && wasLon === lon) { km${i} = 0; kmh${i} = 0; }`,
    `  else { km${i} = haversineKm(wasLat / 1e7, wasLon / 1e7, latDegrees, lonDegrees); kmh${i} = km${i} / (since / 3600000); }`,
    '} }',
  ]);
}

function writeFeatures(options: UpdateSourceOptions): string[] {
  return options.layout.features.flatMap((entry) => {
    const { text, before } = featureText(options, entry);
    const base = options.features.base[entry.feature] as number;
    const stride = options.features.stride[entry.feature] as number;
    const { recipe } = entry;
    const lines = [`{ const f = ${base} + row * ${stride};`, ...before, `F[f] = ${text};`];
    if (recipe.kind === 'last') {
      const term = options.layout.lasts[recipe.term] as LastTerm;
      for (let k = 1; k < term.doubles; k++) {
        lines.push(
          `FI[f * 2 + ${k * 2}] = H[h + ${term.newest + k * 2}]; FI[f * 2 + ${k * 2 + 1}] = H[h + ${term.newest + k * 2 + 1}];`,
        );
      }
    }
    return [...lines, '}'];
  });
}

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

/** `function contribute(c, s, row, X, XI)`: the row's own terms as doubles, see late-rows.ts. */
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

/**
 * `function touch(c, s, slots, from, to)`: reads one word of each line that update will need, in a
 * short loop so that the cache misses of many rows overlap.
 */
export function touchSource(options: UpdateSourceOptions): string {
  const { layout } = options;
  const rows = layout.windows.map(
    ({ cursor }) => `{ const q = H[h + ${cursor}]; touched ^= R[${rowAt(layout, 'q')}]; }`,
  );
  return `function touch(c, s, slots, from, to) {
const H = s.H, R = s.R;
let touched = 0;
for (let j = from; j < to; j++) {
const slot = slots[j];
if (slot < 0) continue;
const h = slot * ${layout.headerWords};
const cap = H[h + ${HEADER.capacity}], base = H[h + ${HEADER.base}], end = H[h + ${HEADER.end}];
if (cap === 0 || end === H[h + ${HEADER.limit}]) continue;
touched ^= R[${rowAt(layout, 'end')}];
${rows.join('\n')}
}
return touched;
}`;
}
