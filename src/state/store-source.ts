// Writes how the row's terms enter its entity in the in-order update: cursors advanced, prefixes and
// totals stored, folds, distinct counts, and what features without a window remember.
//
// Amortised O(1) a window and row: the row itself, put at the ring's end before, stops each cursor's
// loop, which so needs no bound. What is rare is a call: a fold's flip, a sum near 2^53.

import { previousTime, rowAt, FOLD_START } from './source-parts.ts';
import type { UpdateSourceOptions } from './source-parts.ts';
import type { EntityLayout, FoldTerm, LastTerm } from './state-layout.ts';

/** Totals beyond this are brought down by `s.rebase` before they lose whole units at 2^53. */
export const SUM_REBASE_AT: number = 2 ** 52;

function combine(fn: FoldTerm['fn'], a: string, b: string): string {
  return fn === 'sum' ? `${a} + ${b}` : `Math.${fn}(${a}, ${b})`;
}

/** Advances cursor `w`, giving back evicted distinct values. Leaves its row's address in a<w>. */
export function advanceCursor(options: UpdateSourceOptions, w: number): string[] {
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
export function storeTerms(options: UpdateSourceOptions): string[] {
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

/**
 * A text goes to the header, where it mostly stands already, and from there to the row. Word by word: as
 * doubles some texts would be NaNs, whose bits need not stay.
 */
function storeText(term: LastTerm, i: number): string[] {
  const { newest, raw, doubles } = term;
  const copies = Array.from(
    { length: doubles * 2 },
    (_, k) => `R[a + ${raw + k}] = H[h + ${newest + k}];`,
  );
  const isSame = `HD[hd + ${newest / 2}] === l${i}len && H[h + ${newest + 2}] === l${i}lo && H[h + ${newest + 3}] === l${i}hi`;
  return [
    `if (l${i}len >= 0) {`,
    `  if (!(${isSame})) s.putText(H, h + ${newest}, l${i}len, l${i}lo, l${i}hi, l${i}off);`,
    `  HD[hd + ${newest / 2 + doubles}] = t;`,
    `  ${copies.join(' ')}`,
    `} else RD[(a + ${raw}) >> 1] = NaN;`,
  ];
}

/** Stores what features without a window remember; after the features were written. */
export function storeNewest(options: UpdateSourceOptions): string[] {
  const { layout, keepMs } = options;
  const lines: string[] = [];
  layout.lasts.forEach((term, i) => {
    if (term.isString) {
      lines.push(...storeText(term, i));
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
