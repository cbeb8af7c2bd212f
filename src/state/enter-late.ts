// Puts a row that is older than its entity's newest in its place among the rows.
//
// O(rows newer): each moves one further, and its prefixes grow by the row's own part; folds are made
// anew over their window. The caller bounds how many newer rows there may be (scanMax). The row's own
// terms come from the generated `contribute` in state.X (term-offsets.ts), its features were read
// before (read-at-place.ts). Driven by the layout rather than generated: one row in a hundred.

import type { EntityState } from './entity-state.ts';
import { HEADER, PLACE_NONE } from './state-layout.ts';
import type { TermOffsets } from './term-offsets.ts';

/** Position of the row's own decided mark in X. */
const DECIDED = 1;

/** Enters the row, whose terms are in s.X, before sequence number `place`. */
export function insertLate(
  s: EntityState,
  row: number,
  slot: number,
  placeBefore: number,
  t: number,
): void {
  const { layout, H, RD } = s;
  const h = slot * layout.headerWords;
  if (H[h + HEADER.end] === H[h + HEADER.limit]) {
    s.roomFor(slot, row);
  }
  const end = H[h + HEADER.end] as number;
  const start = H[h + HEADER.start] as number;
  // Making room may have dropped rows at the limit, never rows newer than the place.
  const place = ((placeBefore - start) | 0) < 0 ? start : placeBefore;
  const offsets = s.termOffsets;
  shiftNewer(s, h, slot, place, end, offsets);
  const a = s.at(h, place);
  RD[a >> 1] = t;
  H[h + HEADER.end] = (end + 1) | 0;
  moveCursors(s, h, place, t);
  storeOwn(s, h, a, place, end, t, offsets);
  layout.folds.forEach((fold, i) => {
    s.flip(h, i, H[h + (layout.windows[fold.window]?.cursor as number)] as number, (end + 1) | 0);
  });
}

/** Moves rows [place, end) one further; their prefixes grow by the row's own part. */
function shiftNewer(
  s: EntityState,
  h: number,
  slot: number,
  place: number,
  end: number,
  offsets: TermOffsets,
): void {
  const { layout, H, R, RD, X } = s;
  const indexed = ((H[h + HEADER.flags] as number) & 1) !== 0;
  for (let seq = end; seq !== place;) {
    const before = (seq - 1) | 0;
    const from = s.at(h, before);
    const to = s.at(h, seq);
    for (let k = 0; k < layout.rowWords; k++) R[to + k] = R[from + k] as number;
    layout.counts.forEach((term, i) => {
      R[to + term.prefix] =
        ((R[to + term.prefix] as number) + (X[offsets.counts + i] as number)) | 0;
    });
    layout.sums.forEach((term, i) => {
      const at = (to + term.prefix) >> 1;
      RD[at] = (RD[at] as number) + (X[offsets.sums + i] as number);
    });
    if (indexed) {
      layout.distincts.forEach((term, i) => {
        const both = term.presentBit | term.againBit;
        if (((R[to + layout.rowFlags] as number) & both) !== term.presentBit) return;
        s.distinct?.set(slot, i, R[to + term.hash] as number, R[to + term.hash + 1] as number, seq);
      });
    }
    seq = before;
  }
}

function moveCursors(s: EntityState, h: number, place: number, t: number): void {
  const { layout, H, HD } = s;
  const newest = HD[(h + HEADER.lastTime) >> 1] as number;
  layout.windows.forEach(({ cursor }, w) => {
    const c = H[h + cursor] as number;
    const order = (place - c) | 0;
    if (order < 0 || (order === 0 && t <= s.lowerBound(w, newest))) H[h + cursor] = (c + 1) | 0;
  });
}

function storeOwn(
  s: EntityState,
  h: number,
  a: number,
  place: number,
  end: number,
  t: number,
  offsets: TermOffsets,
): void {
  const { layout, H, HD, R, RD, X, XI } = s;
  // The row now after this one still has the prefix with this row's part; without it, it is ours.
  const isNewest = place === end;
  const next = isNewest ? -1 : s.at(h, (place + 1) | 0);
  layout.counts.forEach((term, i) => {
    const own = X[offsets.counts + i] as number;
    const total = H[h + term.total] as number;
    R[a + term.prefix] = isNewest ? total : ((R[next + term.prefix] as number) - own) | 0;
    H[h + term.total] = (total + own) | 0;
  });
  layout.sums.forEach((term, i) => {
    const own = X[offsets.sums + i] as number;
    const total = HD[(h + term.total) >> 1] as number;
    RD[(a + term.prefix) >> 1] = isNewest ? total : (RD[(next + term.prefix) >> 1] as number) - own;
    HD[(h + term.total) >> 1] = total + own;
  });
  layout.raws.forEach((term, i) => {
    RD[(a + term.raw) >> 1] = X[offsets.raws + i] as number;
  });
  const decided = X[DECIDED] === 1;
  let flags = decided ? layout.rowDecidedBit : 0;
  layout.places.forEach((term, i) => {
    if (X[offsets.places + i] === 1) flags |= term.bit;
  });
  if (layout.rowFlags >= 0) R[a + layout.rowFlags] = flags;
  layout.distincts.forEach((_, i) => enterDistinct(s, h, a, place, end, i, offsets));
  storePlaces(s, h, a, t, offsets);
  let x = offsets.lasts;
  for (const term of layout.lasts) {
    for (let k = 0; k < term.doubles * 2; k++) R[a + term.raw + k] = XI[x * 2 + k] as number;
    const newest = (h + term.newest) >> 1;
    if (!Number.isNaN(X[x]) && t >= (HD[newest + term.doubles] as number)) {
      for (let k = 0; k < term.doubles * 2; k++) H[h + term.newest + k] = XI[x * 2 + k] as number;
      HD[newest + term.doubles] = t;
    }
    x += term.doubles;
  }
  if (decided) storeLife(s, h, t);
}

/** Lives are told in arrival order, see age() in docs/rules.md. */
function storeLife(s: EntityState, h: number, t: number): void {
  const { layout, HD } = s;
  const newest = (h + (layout.lastDecided >= 0 ? layout.lastDecided : HEADER.lastTime)) >> 1;
  const newestTime = HD[newest] as number;
  if (layout.firstTime >= 0) {
    const at = (h + layout.firstTime) >> 1;
    const first = HD[at] as number;
    // The newest row may be one that informs: this one can be the first after a silence all the same.
    const begins = t - newestTime > s.limits.keepMs;
    if (begins || (t < first && first - t <= s.limits.keepMs)) HD[at] = t;
  }
  if (layout.lastDecided >= 0) HD[newest] = Math.max(newestTime, t);
}

function storePlaces(s: EntityState, h: number, a: number, t: number, offsets: TermOffsets): void {
  const { layout, H, HD, R, X } = s;
  if (layout.rowLat < 0) return;
  const latDegrees = X[offsets.position] as number;
  const isLocated = !Number.isNaN(latDegrees);
  const lat = isLocated ? Math.round(latDegrees * 1e7) | 0 : PLACE_NONE;
  const lon = isLocated ? Math.round((X[offsets.position + 1] as number) * 1e7) | 0 : 0;
  R[a + layout.rowLat] = lat;
  R[a + layout.rowLat + 1] = lon;
  layout.places.forEach((term, i) => {
    if (X[offsets.places + i] !== 1) return;
    if (t < (HD[(h + term.newest) >> 1] as number)) return;
    HD[(h + term.newest) >> 1] = t;
    H[h + term.newest + 2] = lat;
    H[h + term.newest + 3] = lon;
  });
}

/** Marks who comes again, and counts the value in each window where it is new. */
function enterDistinct(
  s: EntityState,
  h: number,
  a: number,
  place: number,
  end: number,
  i: number,
  offsets: TermOffsets,
): void {
  const { layout, H, R, RD, X, XI } = s;
  const term = layout.distincts[i];
  const x = offsets.distincts + i * 2;
  if (term === undefined || X[x] !== 1) return;
  const lo = XI[x * 2 + 2] as number;
  const hi = XI[x * 2 + 3] as number;
  R[a + term.hash] = lo;
  R[a + term.hash + 1] = hi;
  R[a + layout.rowFlags] = (R[a + layout.rowFlags] as number) | term.presentBit;
  for (let seq = (place + 1) | 0; seq !== ((end + 1) | 0); seq = (seq + 1) | 0) {
    const b = s.at(h, seq);
    const isSame =
      R[b + term.hash] === lo &&
      R[b + term.hash + 1] === hi &&
      ((R[b + layout.rowFlags] as number) & term.presentBit) !== 0;
    if (isSame) {
      // Any earlier row of this value already comes again: the later one followed it.
      R[a + layout.rowFlags] = (R[a + layout.rowFlags] as number) | term.againBit;
      return;
    }
  }
  const before = s.newestOf(h, i, lo, hi, place);
  if (before >= 0)
    R[before + layout.rowFlags] = (R[before + layout.rowFlags] as number) | term.againBit;
  for (const { window, count } of term.counts) {
    const cursor = H[h + (layout.windows[window]?.cursor as number)] as number;
    if (((place - cursor) | 0) < 0) continue;
    const newest = s.HD[(h + HEADER.lastTime) >> 1] as number;
    if (before < 0 || (RD[before >> 1] as number) <= s.lowerBound(window, newest)) {
      H[h + count] = (H[h + count] as number) + 1;
    }
  }
}
