// Which terms the features of one entity kind need, each with its words: a builder that is asked for
// one feature's recipe after another.
//
// Features share terms: two counts under one condition are one prefix, whatever their windows. Terms
// are one when their canonical keys are (positions in the rules file left out). Runs once a plan, in
// time of its features. Where the parts stand together is make-layout.ts's.

import type { Expression } from '../domain/expression.ts';
import type { FeatureSpec, FeatureWindow } from '../domain/plan.ts';
import { STRING_FEATURE_DOUBLES } from '../domain/feature-layout.ts';
import type {
  CountTerm,
  DistinctTerm,
  FeatureRecipe,
  FoldTerm,
  LastTerm,
  PlaceTerm,
  RawTerm,
  SumTerm,
  WindowTerm,
} from './state-layout.ts';
import { HEADER_FIXED_WORDS } from './state-layout.ts';

function keyOf(parts: readonly unknown[]): string {
  return JSON.stringify(parts, (name, value: unknown) =>
    name === 'text' || name === 'at' ? undefined : value,
  );
}

/** Hands out word offsets, doubles at even ones. */
class Allocator {
  words: number;
  constructor(words: number) {
    this.words = words;
  }
  int(count = 1): number {
    const at = this.words;
    this.words += count;
    return at;
  }
  double(count = 1): number {
    this.words += this.words & 1;
    return this.int(count * 2);
  }
}

export class LayoutBuilder {
  readonly header: Allocator = new Allocator(HEADER_FIXED_WORDS);
  /** A row's doubles, from after its time; its ints stand behind them (see makeEntityLayout). */
  readonly row: Allocator = new Allocator(2);
  readonly rowInts: Allocator = new Allocator(0);
  readonly windows: WindowTerm[] = [];
  readonly counts: CountTerm[] = [];
  readonly sums: SumTerm[] = [];
  readonly raws: RawTerm[] = [];
  readonly folds: FoldTerm[] = [];
  readonly distincts: (DistinctTerm & { counts: { window: number; count: number }[] })[] = [];
  readonly lasts: LastTerm[] = [];
  readonly places: PlaceTerm[] = [];
  rowFlags = -1;
  rowLat = -1;
  #nextBit = 1;
  readonly #known = new Map<string, number>();
  readonly takesInforming: boolean;

  constructor(takesInforming: boolean) {
    this.takesInforming = takesInforming;
  }

  /** Index of the term with this key, made by `make` when it is new. */
  #term<T>(list: T[], key: readonly unknown[], make: () => T): number {
    const text = keyOf(key);
    let index = this.#known.get(text);
    if (index === undefined) {
      index = list.length;
      this.#known.set(text, index);
      list.push(make());
    }
    return index;
  }

  bit(): number {
    if (this.rowFlags < 0) this.rowFlags = this.rowInts.int();
    const bit = this.#nextBit;
    this.#nextBit *= 2;
    return bit;
  }

  window(window: FeatureWindow): number {
    return this.#term(this.windows, ['window', window], () => ({
      window,
      cursor: this.header.int(),
    }));
  }

  count(spec: FeatureSpec, where: Expression | null, present: Expression | null): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    return this.#term(this.counts, ['count', where, decidedOnly, present], () => ({
      where,
      decidedOnly,
      present,
      total: this.header.int(),
      prefix: this.rowInts.int(),
    }));
  }

  sum(spec: FeatureSpec, value: Expression): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    return this.#term(this.sums, ['sum', spec.where, decidedOnly, value], () => ({
      where: spec.where,
      decidedOnly,
      value,
      total: this.header.double(),
      prefix: this.row.double(),
    }));
  }

  fold(spec: FeatureSpec, fn: 'min' | 'max' | 'sum', value: Expression, window: number): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    const rawTerm = this.#term(this.raws, ['raw', spec.where, decidedOnly, value], () => ({
      where: spec.where,
      decidedOnly,
      value,
      raw: this.row.double(),
    }));
    return this.#term(this.folds, ['fold', fn, rawTerm, window], () => ({
      fn,
      rawTerm,
      window,
      suffix: this.row.double(),
      back: this.header.double(),
      boundary: this.header.int(),
    }));
  }

  distinct(spec: FeatureSpec, value: Expression, window: number): { term: number; slot: number } {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    const term = this.#term(this.distincts, ['distinct', spec.where, decidedOnly, value], () => ({
      where: spec.where,
      decidedOnly,
      value,
      hash: this.rowInts.int(2),
      presentBit: this.bit(),
      againBit: this.bit(),
      counts: [],
    }));
    const counts = this.distincts[term]?.counts ?? [];
    let slot = counts.findIndex((entry) => entry.window === window);
    if (slot < 0) {
      slot = counts.length;
      counts.push({ window, count: this.header.int() });
    }
    return { term, slot };
  }

  last(spec: FeatureSpec, value: Expression): number {
    const isString = spec.type === 'string' || spec.type === 'version';
    const doubles = isString ? STRING_FEATURE_DOUBLES : 1;
    return this.#term(this.lasts, ['last', value], () => ({
      value,
      isString,
      doubles,
      raw: this.row.double(doubles),
      newest: this.header.double(doubles + 1),
      dropped: this.header.double(doubles + 1),
    }));
  }

  place(spec: FeatureSpec): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    return this.#term(this.places, ['place', spec.where, decidedOnly], () => {
      if (this.rowLat < 0) this.rowLat = this.rowInts.int(2);
      return {
        where: spec.where,
        decidedOnly,
        bit: spec.where !== null || decidedOnly ? this.bit() : 0,
        newest: this.header.double(2),
        dropped: this.header.double(2),
      };
    });
  }

  recipe(spec: FeatureSpec): FeatureRecipe {
    const value = spec.value as Expression;
    const window = spec.window === null ? -1 : this.window(spec.window);
    switch (spec.fn) {
      case 'count':
        return { kind: 'count', term: this.count(spec, spec.where, null), window };
      case 'sum':
        if (spec.isInteger) return { kind: 'sum', term: this.sum(spec, value), window };
        return { kind: 'fold', fold: this.fold(spec, 'sum', value, window) };
      case 'avg': {
        const count = this.count(spec, spec.where, value);
        if (spec.isInteger) return { kind: 'avg', sum: this.sum(spec, value), count, window };
        return { kind: 'foldAvg', fold: this.fold(spec, 'sum', value, window), count, window };
      }
      case 'min':
      case 'max':
        return { kind: 'fold', fold: this.fold(spec, spec.fn, value, window) };
      case 'ratio': {
        const term = this.count(spec, spec.where, null);
        return { kind: 'ratio', term, of: this.count(spec, spec.whereOf, null), window };
      }
      case 'distinct':
        return { kind: 'distinct', ...this.distinct(spec, value, window) };
      case 'last':
        return { kind: 'last', term: this.last(spec, value) };
      case 'distanceKm':
      case 'speedKmh':
        return { kind: spec.fn, term: this.place(spec) };
      case 'sinceLast':
      case 'age':
        return { kind: spec.fn };
    }
  }
}
