// Evidence of a fired rule: the conditions of its `when` that held, with both sides' values. Read
// for fired rules only, so its functions are separate from the rules' own and are made at the first
// use of each (or all at once, by prepare, so that no row waits for it).
//
// A generated function writes the raw values; read() then resolves the texts' places. Card numbers
// are left to the encoder to mask; those that stand in the rules file's text are masked here.

import { must } from '../../base/assert.ts';
import type { Masking } from '../../domain/card-numbers.ts';
import type { Expression } from '../../domain/expression.ts';
import type { EvidenceReader, EvidenceTemplate, EvidenceValues } from '../../domain/verdict.ts';
import {
  EVIDENCE_ITEMS_MAX,
  EVIDENCE_KIND,
  EVIDENCE_TEXT_BYTES_MAX,
} from '../../domain/verdict.ts';
import { STRING_FEATURE_TEXT_BYTES } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { maskFileText, maskingOf, sideMasking } from '../runtime/masking.ts';
import { positionOf } from '../runtime/rule-runtime.ts';
import { cutAtCharacter } from '../runtime/text.ts';
import type { BoundTable } from './deciding.ts';
import type { Emitter } from './emit.ts';
import { isText } from './emit.ts';
import { makeFunction } from './generated.ts';
import type { CompileContext } from './row-function.ts';
import { rowFunctionBody } from './row-function.ts';

const WHAT_CHARACTERS_MAX = 200;
/** Source of a text value: by its offset's sign, or the feature table. */
const IN_FEATURES = 1;

const PARAMETERS = 'i32, f64, F, FI, row, V';

/** Raw values that a generated function writes: index 2k is item k's value, 2k + 1 its threshold. */
interface RawValues {
  readonly held: Uint8Array;
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  readonly sources: Uint8Array;
}

type EvidenceFunction = (
  i32: Int32Array,
  f64: Float64Array,
  F: Float64Array,
  FI: Int32Array,
  row: number,
  V: RawValues,
) => void;

interface Atom {
  readonly template: EvidenceTemplate;
  /** The condition as it stands, negation included. */
  readonly condition: Expression;
  readonly value: Expression | null;
  readonly threshold: Expression | null;
}

function isMeasure(e: Expression): boolean {
  return e.type === 'number' || e.type === 'money' || e.type === 'duration' || e.type === 'time';
}

/** The atoms of a condition in the order written. */
function atomsOf(e: Expression): Expression[] {
  switch (e.op) {
    case 'and':
    case 'or':
      return e.args.flatMap((arg) => atomsOf(arg));
    case 'choose':
      return [e.test, e.then, e.otherwise].flatMap((part) => atomsOf(part));
    case 'boolean':
      return [];
    default:
      return [e];
  }
}

function keyText(key: readonly Expression[]): string {
  const texts = key.map((part) => part.text);
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

function describe(e: Expression, plan: Plan, layout: RowLayout): Atom {
  const negated = e.op === 'not';
  const atom = e.op === 'not' ? e.value : e;
  const item = (
    op: EvidenceTemplate['op'],
    what: string,
    value: Expression | null,
    threshold: Expression | null = null,
    thresholdText: string | null = null,
  ): Atom => {
    const masking = maskingOf(
      [value, threshold, ...(atom.op === 'call' ? atom.args : [])],
      plan,
      layout.fields,
    );
    const sideOf = (side: Expression | null): Masking =>
      sideMasking(side, masking, plan, layout.fields);
    const hasMargin =
      value !== null && threshold !== null && isMeasure(value) && isMeasure(threshold);
    const clean = (text: string): string => maskFileText(text, masking);
    return {
      template: {
        what: clean(what).slice(0, WHAT_CHARACTERS_MAX),
        op,
        thresholdText:
          thresholdText === null ? null : clean(thresholdText).slice(0, WHAT_CHARACTERS_MAX),
        hasMargin,
        maskings: [sideOf(value), sideOf(threshold)],
      },
      condition: e,
      value,
      threshold,
    };
  };
  switch (atom.op) {
    case 'compare':
      return item(atom.operator, atom.left.text, atom.left, atom.right);
    case 'in': {
      const first = atom.key.length === 1 ? must(atom.key[0], 'key') : null;
      return item(negated ? 'not in' : 'in', keyText(atom.key), first, null, setText(atom, plan));
    }
    case 'has':
      return item(atom.negated ? 'not has' : 'has', atom.value.text, atom.value);
    case 'truth':
      return item(atom.negated ? 'is not' : 'is', atom.value.text, atom.value);
    default:
      return item(negated ? 'is not' : 'is', atom.text, atom);
  }
}

function setText(e: Extract<Expression, { op: 'in' }>, plan: Plan): string {
  if (e.set === 'list') return must(plan.lists[e.index], 'list').name;
  if (e.set === 'register') return must(plan.registers[e.index], 'register').name;
  return `[${e.elements.map((element) => element.text).join(', ')}]`;
}

export class CompiledEvidence implements EvidenceReader {
  readonly templates: readonly (readonly EvidenceTemplate[])[];
  readonly values: EvidenceValues;
  readonly #context: CompileContext;
  readonly #atoms: readonly (readonly Atom[])[];
  readonly #functions: (EvidenceFunction | null)[];
  readonly #raw: RawValues;
  readonly #table: BoundTable;
  readonly #scoreOf: (rule: number, row: number) => number;

  constructor(
    context: CompileContext,
    table: BoundTable,
    scoreOf: (rule: number, row: number) => number,
  ) {
    const { plan, layout } = context;
    this.#context = context;
    this.#table = table;
    this.#scoreOf = scoreOf;
    this.#atoms = plan.rules.map((rule) =>
      atomsOf(rule.when)
        .slice(0, EVIDENCE_ITEMS_MAX)
        .map((atom) => describe(atom, plan, layout)),
    );
    this.templates = this.#atoms.map((atoms) => atoms.map((atom) => atom.template));
    this.#functions = plan.rules.map(() => null);
    const sides = EVIDENCE_ITEMS_MAX * 2;
    this.#raw = {
      held: new Uint8Array(EVIDENCE_ITEMS_MAX),
      kinds: new Uint8Array(sides),
      numbers: new Float64Array(sides),
      offsets: new Int32Array(sides),
      lengths: new Int32Array(sides),
      sources: new Uint8Array(sides),
    };
    const { held, kinds, numbers, offsets, lengths } = this.#raw;
    const nothing = new Uint8Array(0);
    const memory = Array.from({ length: sides }, () => nothing);
    this.values = { held, kinds, numbers, memory, offsets, lengths };
  }

  /** Makes the functions of all rules. */
  prepare(): void {
    this.#functions.forEach((fn, rule) => {
      if (fn === null) this.#functions[rule] = this.#compile(rule);
    });
  }

  read(rule: number, row: number): void {
    let fn = this.#functions[rule];
    if (fn === null || fn === undefined) {
      fn = this.#compile(rule);
      this.#functions[rule] = fn;
    }
    const { i32, f64, F, FI } = this.#table;
    const raw = this.#raw;
    fn(i32, f64, F, FI, row, raw);
    const count = must(this.templates[rule], 'rule').length * 2;
    for (let side = 0; side < count; side++) {
      if (raw.kinds[side] === EVIDENCE_KIND.text) this.#resolve(side);
    }
  }

  scoreOf(rule: number, row: number): number {
    return this.#scoreOf(rule, row);
  }

  /** Source of a rule's function, for tests and inspection. */
  sourceOf(rule: number): string {
    return `(${PARAMETERS}) => {\n${this.#body(rule).join('\n')}\n}`;
  }

  /** From the raw place of a text to memory, offset and a length that may be written. */
  #resolve(side: number): void {
    const { kinds, offsets, lengths, sources } = this.#raw;
    let length = lengths[side] as number;
    if (length < 0) {
      kinds[side] = EVIDENCE_KIND.missing;
      return;
    }
    const place = offsets[side] as number;
    const isFeature = sources[side] === IN_FEATURES;
    const { runtime } = this.#context;
    const memory = isFeature ? runtime.featureBytes : runtime.memoryOf(place);
    const offset = isFeature ? place * 4 : positionOf(place);
    // A feature keeps the first bytes only, perhaps not a whole last character.
    const kept = isFeature && length > STRING_FEATURE_TEXT_BYTES;
    if (kept) length = wholeCharacters(memory, offset, STRING_FEATURE_TEXT_BYTES);
    offsets[side] = offset;
    lengths[side] = cutAtCharacter(memory, offset, length, EVIDENCE_TEXT_BYTES_MAX);
    this.values.memory[side] = memory;
  }

  #compile(rule: number): EvidenceFunction {
    const { pool, runtime } = this.#context;
    return makeFunction<EvidenceFunction>(PARAMETERS, this.#body(rule), pool, runtime);
  }

  #body(rule: number): string[] {
    return rowFunctionBody(this.#context, (emitter) => {
      must(this.#atoms[rule], 'rule').forEach((atom, k) => {
        const held = emitter.condition(atom.condition);
        emitter.statement(`V.held[${k}] = ${held} ? 1 : 0;`);
        emitSide(emitter, 2 * k, atom.value, this.#context.features);
        emitSide(emitter, 2 * k + 1, atom.threshold, this.#context.features);
      });
      return null;
    });
  }
}

function emitSide(
  emitter: Emitter,
  side: number,
  e: Expression | null,
  features: CompileContext['features'],
): void {
  if (e === null) {
    emitter.statement(`V.kinds[${side}] = ${EVIDENCE_KIND.missing};`);
    return;
  }
  if (!isText(e)) {
    const value = emitter.local(emitter.number(e));
    const kind = e.type === 'boolean' ? EVIDENCE_KIND.boolean : EVIDENCE_KIND.number;
    emitter.statement(
      `V.kinds[${side}] = ${value} === ${value} ? ${kind} : ${EVIDENCE_KIND.missing};`,
    );
    emitter.statement(`V.numbers[${side}] = ${value} + 0;`); // -0 becomes 0
    return;
  }
  const text = emitter.string(e);
  const isFeature = e.op === 'feature' && features !== null;
  const place = isFeature ? emitter.featureTextWord(e.feature) : text.offset;
  emitter.statement(`V.kinds[${side}] = ${EVIDENCE_KIND.text};`);
  emitter.statement(`V.offsets[${side}] = ${place};`);
  // A feature's first bytes serve as evidence; of other texts the whole is there or nothing.
  emitter.statement(`V.lengths[${side}] = ${isFeature ? text.length : text.textLength};`);
  emitter.statement(`V.sources[${side}] = ${isFeature ? IN_FEATURES : 0};`);
}

/** The longest whole-character length of `max` bytes that may end in the middle of one. */
function wholeCharacters(bytes: Uint8Array, start: number, max: number): number {
  let last = max - 1;
  while (last > 0 && ((bytes[start + last] as number) & 0xc0) === 0x80) last--;
  const lead = bytes[start + last] as number;
  const width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return last + width <= max ? last + width : last;
}
