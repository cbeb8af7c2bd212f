// Evidence of a fired rule, from the interpreter: the conditions of its `when` that held, with the
// values on both sides. Card numbers are masked here as the encoders do it, long texts are cut, infinity is a text.
// Both parts of a boolean `a ? b : c` are looked at like those of `or`.

import { must } from '../../base/assert.ts';
import type { Masking } from '../../domain/card-numbers.ts';
import { maskEvidence } from '../../domain/card-numbers.ts';
import type { EvidenceItem, EvidenceValue } from '../../domain/decision.ts';
import type { Expression } from '../../domain/expression.ts';
import { EVIDENCE_ITEMS_MAX, EVIDENCE_TEXT_BYTES_MAX } from '../../domain/verdict.ts';
import { maskFileText, maskingOf, sideMasking } from '../runtime/masking.ts';
import type { PreparedPlan, RowView, Value } from './interpreter.ts';
import { evaluate } from './interpreter.ts';

/** `what` and `threshold` texts that stand in the rules file are cut here. */
const FILE_TEXT_MAX = 200;

export function evidenceItems(
  when: Expression,
  row: RowView,
  prepared: PreparedPlan,
): EvidenceItem[] {
  return conditionsOf(when)
    .slice(0, EVIDENCE_ITEMS_MAX)
    .filter((condition) => evaluate(condition, row, prepared) === true)
    .map((condition) => describe(condition, row, prepared));
}

/** The conditions under `and`, `or` and `?:`, in the order written; literals are none. */
export function conditionsOf(e: Expression): Expression[] {
  switch (e.op) {
    case 'and':
    case 'or':
      return e.args.flatMap(conditionsOf);
    case 'choose':
      return [e.test, e.then, e.otherwise].flatMap(conditionsOf);
    case 'boolean':
      return [];
    default:
      return [e];
  }
}

/** What one condition compares: `value` and `threshold` are sides of it, or texts of the file. */
interface Sides {
  readonly what: string;
  readonly op: string;
  readonly value?: Expression | undefined;
  readonly threshold?: Expression;
  readonly set?: string;
}

function sidesOf(e: Expression, prepared: PreparedPlan): Sides {
  const isNegated = e.op === 'not';
  const atom = e.op === 'not' ? e.value : e;
  switch (atom.op) {
    case 'compare':
      return {
        what: atom.left.text,
        op: atom.operator,
        value: atom.left,
        threshold: atom.right,
      };
    case 'in': {
      const texts = atom.key.map((part) => part.text);
      return {
        what: texts.length === 1 ? must(texts[0], 'key') : `[${texts.join(', ')}]`,
        op: isNegated ? 'not in' : 'in',
        value: atom.key.length === 1 ? atom.key[0] : undefined,
        set: setText(atom, prepared),
      };
    }
    case 'has':
      return {
        what: atom.value.text,
        op: atom.negated ? 'not has' : 'has',
        value: atom.value,
      };
    case 'truth':
      return { what: atom.value.text, op: atom.negated ? 'is not' : 'is', value: atom.value };
    default:
      return { what: atom.text, op: isNegated ? 'is not' : 'is', value: atom };
  }
}

function setText(e: Extract<Expression, { op: 'in' }>, prepared: PreparedPlan): string {
  const { lists, registers } = prepared.plan;
  if (e.set === 'list') return must(lists[e.index], 'list').name;
  if (e.set === 'register') return must(registers[e.index], 'register').name;
  return `[${e.elements.map((element) => element.text).join(', ')}]`;
}

function describe(e: Expression, row: RowView, prepared: PreparedPlan): EvidenceItem {
  const { what, op, value, threshold, set } = sidesOf(e, prepared);
  const called = value?.op === 'call' ? value.args : [];
  const masking = maskingOf([value, threshold, ...called], prepared.plan, prepared.fields);
  const read = (side: Expression | undefined): EvidenceValue | undefined =>
    side === undefined
      ? undefined
      : asEvidence(
          evaluate(side, row, prepared),
          sideMasking(side, masking, prepared.plan, prepared.fields),
        );
  const fileText = (text: string): string => maskFileText(text, masking).slice(0, FILE_TEXT_MAX);
  const v = read(value);
  const t = set === undefined ? read(threshold) : fileText(set);
  const isMeasured = [value, threshold].every((side) => side !== undefined && isMeasure(side));
  const hasMargin = isMeasured && typeof v === 'number' && typeof t === 'number';
  return {
    what: fileText(what),
    op,
    ...(v !== undefined && { value: v }),
    ...(t !== undefined && { threshold: t }),
    ...(hasMargin && { margin: v - t }),
  };
}

/** A difference of dates as numbers means nothing. */
function isMeasure(e: Expression): boolean {
  return ['number', 'money', 'duration', 'time'].includes(e.type);
}

function asEvidence(value: Value, masking: Masking): EvidenceValue | undefined {
  if (value === Infinity) return 'infinity';
  if (value === -Infinity) return '-infinity';
  if (typeof value === 'number') return value + 0; // -0 is 0
  if (typeof value !== 'string') return value;
  const bytes = new TextEncoder().encode(cut(value));
  maskEvidence(bytes, bytes.length, masking);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The whole characters of the first bytes. */
function cut(text: string): string {
  let kept = '';
  let length = 0;
  for (const character of text) {
    length += new TextEncoder().encode(character).length;
    if (length > EVIDENCE_TEXT_BYTES_MAX) return kept;
    kept += character;
  }
  return kept;
}
