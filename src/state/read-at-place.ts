// The features of a row that is older than its entity's newest: read as if it stood at its place.
//
// Counts and sums are differences of prefixes, found by binary search: O(log rows). Folds and distinct
// counts look at the rows of their window, places and last values back to the first that has one.
// Driven by the layout rather than generated: one row in a hundred comes here, and the generated loop
// stays small. The row's own terms come from the generated `contribute` in state.X (term-offsets.ts).
// Writes nothing of the entity: enter-late.ts does.

import type { EntityState } from './entity-state.ts';
import { foldOf, foldStart } from './folds.ts';
import { isPlaced } from './ring-memory.ts';
import type { LastTerm } from './state-layout.ts';
import { HEADER } from './state-layout.ts';

/** A reader of one entity at one place; slot -1 = an entity that is not known (all zero). */
interface At {
  readonly s: EntityState;
  readonly h: number;
  readonly known: boolean;
  readonly place: number;
  readonly t: number;
}

function cursorAt(at: At, w: number): number {
  return at.known ? at.s.placeOf(at.h, at.s.lowerBound(w, at.t)) : at.place;
}

function prefixCount(at: At, term: { total: number; prefix: number }, seq: number): number {
  const { s, h } = at;
  if (seq === s.H[h + HEADER.end]) return s.H[h + term.total] as number;
  return s.R[s.at(h, seq) + term.prefix] as number;
}

function prefixSum(at: At, term: { total: number; prefix: number }, seq: number): number {
  const { s, h } = at;
  if (seq === s.H[h + HEADER.end]) return s.HD[(h + term.total) >> 1] as number;
  return s.RD[(s.at(h, seq) + term.prefix) >> 1] as number;
}

function countAt(at: At, index: number, w: number, prior: boolean): number {
  const { s } = at;
  const own = prior ? 0 : (s.X[s.termOffsets.counts + index] as number);
  const term = s.layout.counts[index];
  if (!at.known || term === undefined) return own;
  return ((prefixCount(at, term, at.place) - prefixCount(at, term, cursorAt(at, w))) | 0) + own;
}

function sumAt(at: At, index: number, w: number, prior: boolean): number {
  const { s } = at;
  const own = prior ? 0 : (s.X[s.termOffsets.sums + index] as number);
  const term = s.layout.sums[index];
  if (!at.known || term === undefined) return own;
  return prefixSum(at, term, at.place) - prefixSum(at, term, cursorAt(at, w)) + own;
}

function foldAt(at: At, index: number, prior: boolean): number {
  const { s, h } = at;
  const fold = s.layout.folds[index];
  if (fold === undefined) return NaN;
  let value = foldStart(fold);
  if (at.known) {
    const raw = s.layout.raws[fold.rawTerm]?.raw as number;
    for (let seq = cursorAt(at, fold.window); seq !== at.place; seq = (seq + 1) | 0) {
      const own = s.RD[(s.at(h, seq) + raw) >> 1] as number;
      if (!Number.isNaN(own)) value = foldOf(fold.fn, value, own);
    }
  }
  const own = s.X[s.termOffsets.raws + fold.rawTerm] as number;
  return prior || Number.isNaN(own) ? value : foldOf(fold.fn, value, own);
}

/** The only set of the engine that may allocate: late rows with a distinct feature. */
function distinctAt(at: At, index: number, slot: number, prior: boolean): number {
  const { s, h } = at;
  const term = s.layout.distincts[index];
  const entry = term?.counts[slot];
  if (term === undefined || entry === undefined) return 0;
  const seen = new Set<bigint>();
  const add = (lo: number, hi: number): void => {
    seen.add((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
  };
  if (at.known) {
    for (let seq = cursorAt(at, entry.window); seq !== at.place; seq = (seq + 1) | 0) {
      const a = s.at(h, seq);
      if (((s.R[a + s.layout.rowFlags] as number) & term.presentBit) === 0) continue;
      add(s.R[a + term.hash] as number, s.R[a + term.hash + 1] as number);
    }
  }
  const own = s.termOffsets.distincts + index * 2;
  if (!prior && s.X[own] === 1) add(s.XI[own * 2 + 2] as number, s.XI[own * 2 + 3] as number);
  return seen.size;
}

/** Address of the newest decided row before the place, or -1 when the ring has none. */
function decidedBefore(at: At): number {
  const { s, h } = at;
  if (!at.known) return -1;
  const start = s.H[h + HEADER.start] as number;
  const bit = s.layout.rowDecidedBit;
  for (let seq = at.place; seq !== start;) {
    seq = (seq - 1) | 0;
    const a = s.at(h, seq);
    if (bit === 0 || ((s.R[a + s.layout.rowFlags] as number) & bit) !== 0) return a;
  }
  return -1;
}

/**
 * Time of that row, or of the newest one dropped; -Infinity when there is none. At the limit of rows
 * the newest one dropped may be newer than the place: what stood before it is not known any more.
 */
function previousTimeAt(at: At): number {
  if (!at.known) return -Infinity;
  const a = decidedBefore(at);
  if (a >= 0) return at.s.RD[a >> 1] as number;
  const dropped = at.s.HD[(at.h + at.s.layout.droppedDecided) >> 1] as number;
  return dropped <= at.t ? dropped : -Infinity;
}

function lastAt(at: At, index: number, F: Float64Array, FI: Int32Array, f: number): void {
  const { s, h } = at;
  const term = s.layout.lasts[index] as LastTerm;
  const oldest = at.t - s.limits.keepMs;
  F[f] = NaN;
  if (!at.known) return;
  let from = -1;
  const start = s.H[h + HEADER.start] as number;
  for (let seq = at.place; seq !== start && from < 0;) {
    seq = (seq - 1) | 0;
    const a = s.at(h, seq);
    if (!Number.isNaN(s.RD[(a + term.raw) >> 1])) from = a;
  }
  const time =
    from >= 0
      ? (s.RD[from >> 1] as number)
      : (s.HD[((h + term.dropped) >> 1) + term.doubles] as number);
  if (time < oldest || time > at.t) return;
  const words = from >= 0 ? s.R : s.H;
  const word = from >= 0 ? from + term.raw : h + term.dropped;
  for (let k = 0; k < term.doubles * 2; k++) FI[f * 2 + k] = words[word + k] as number;
}

/** [km, km/h] from the newest place before; NaN when there is none. */
function placeAt(at: At, index: number): [number, number] {
  const { s, h } = at;
  const term = s.layout.places[index];
  const { position } = s.termOffsets;
  const lat = s.X[position] as number;
  const lon = s.X[position + 1] as number;
  if (!at.known || term === undefined || Number.isNaN(lat)) return [NaN, NaN];
  let time = s.HD[(h + term.dropped) >> 1] as number;
  let wasLat = s.H[h + term.dropped + 2] as number;
  let wasLon = s.H[h + term.dropped + 3] as number;
  const start = s.H[h + HEADER.start] as number;
  for (let seq = at.place; seq !== start;) {
    seq = (seq - 1) | 0;
    const a = s.at(h, seq);
    if (!isPlaced(s.layout, s.R, a, term.bit)) continue;
    time = s.RD[a >> 1] as number;
    wasLat = s.R[a + s.layout.rowLat] as number;
    wasLon = s.R[a + s.layout.rowLat + 1] as number;
    break;
  }
  if (at.t - time > s.limits.keepMs || time > at.t) return [NaN, NaN];
  if (Math.round(lat * 1e7) === wasLat && Math.round(lon * 1e7) === wasLon) return [0, 0];
  const km = s.tables.haversineKm(wasLat / 1e7, wasLon / 1e7, lat, lon);
  return [km, km / ((at.t - time) / 3_600_000)];
}

/** Writes every feature of `row` as if it stood before sequence number `place` at time `t`. */
export function evaluateAt(
  s: EntityState,
  row: number,
  slot: number,
  place: number,
  t: number,
): void {
  const { layout, tables } = s;
  const at: At = { s, h: slot * layout.headerWords, known: slot >= 0, place, t };
  for (const { feature, prior, recipe } of layout.features) {
    const f = (s.featureBase[feature] as number) + row * (s.featureStride[feature] as number);
    const { F, FI } = tables;
    switch (recipe.kind) {
      case 'count':
        F[f] = countAt(at, recipe.term, recipe.window, prior);
        break;
      case 'sum':
        F[f] = sumAt(at, recipe.term, recipe.window, prior);
        break;
      case 'avg':
      case 'foldAvg': {
        const count = countAt(at, recipe.count, recipe.window, prior);
        const sum =
          recipe.kind === 'avg'
            ? sumAt(at, recipe.sum, recipe.window, prior)
            : foldAt(at, recipe.fold, prior);
        F[f] = count === 0 ? NaN : sum / count;
        break;
      }
      case 'fold': {
        const value = foldAt(at, recipe.fold, prior);
        F[f] =
          layout.folds[recipe.fold]?.fn !== 'sum' && Math.abs(value) === Infinity ? NaN : value;
        break;
      }
      case 'ratio': {
        const p = countAt(at, recipe.term, recipe.window, prior);
        const q = countAt(at, recipe.of, recipe.window, prior);
        F[f] = q === 0 ? (p === 0 ? 0 : NaN) : p / q;
        break;
      }
      case 'distinct':
        F[f] = distinctAt(at, recipe.term, recipe.slot, prior);
        break;
      case 'last':
        lastAt(at, recipe.term, F, FI, f);
        break;
      case 'sinceLast':
      case 'age': {
        const since = t - previousTimeAt(at);
        const first = layout.firstTime >= 0 && at.known ? s.HD[(at.h + layout.firstTime) >> 1] : 0;
        if (since > s.limits.keepMs) F[f] = NaN;
        // A row that stands before the entity's present life has no age in it.
        else if (recipe.kind === 'age') F[f] = t >= (first as number) ? t - (first as number) : NaN;
        else F[f] = since;
        break;
      }
      case 'distanceKm':
        F[f] = placeAt(at, recipe.term)[0];
        break;
      case 'speedKmh':
        F[f] = placeAt(at, recipe.term)[1];
        break;
    }
  }
}
