// How card numbers are masked in the evidence of a condition (docs/privacy.md): by where its values come
// from. What compares a card masks it Luhn or not; what compares only fields that decisions echo masks
// nothing; all other text masks what passes the Luhn check. A register's cell is nobody's echo: it masks so
// beside an echoed field, too, which itself stays.

import type { Masking } from '../../domain/card-numbers.ts';
import { isCardField, isEchoedField, maskCardText, maskText } from '../../domain/card-numbers.ts';
import type { Expression } from '../../domain/expression.ts';
import type { FieldSpec } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';

type Origin = 'card' | 'echoed' | 'cell' | 'other';

/** @param sides what the condition compares, the arguments of a call too */
export function maskingOf(
  sides: readonly (Expression | null | undefined)[],
  plan: Plan,
  fields: readonly FieldSpec[],
): Masking {
  const origins = sides.flatMap((side) => originsOf(side, plan, fields));
  if (origins.includes('card')) return 'card';
  return origins.includes('echoed') && !origins.includes('other') ? 'none' : 'luhn';
}

function originsOf(
  e: Expression | null | undefined,
  plan: Plan,
  fields: readonly FieldSpec[],
): Origin[] {
  switch (e?.op) {
    case 'field': {
      const name = fields[e.field]?.name ?? '';
      return [isCardField(name) ? 'card' : isEchoedField(name) ? 'echoed' : 'other'];
    }
    case 'cell':
      return ['cell'];
    case 'feature':
      return originsOf(plan.features[e.feature]?.value, plan, fields);
    case 'choose':
      return [e.then, e.otherwise].flatMap((part) => originsOf(part, plan, fields));
    case 'call':
      return e.args.flatMap((arg) => originsOf(arg, plan, fields));
    default:
      // Literals and numbers: the operator's own.
      return [];
  }
}

/** Of one side of a condition whose masking is `whole`. */
export function sideMasking(
  side: Expression | null | undefined,
  whole: Masking,
  plan: Plan,
  fields: readonly FieldSpec[],
): Masking {
  const isOfCell = whole === 'none' && originsOf(side, plan, fields).includes('cell');
  return isOfCell ? 'luhn' : whole;
}

/** Text of the rules file that evidence names. */
export function maskFileText(text: string, masking: Masking): string {
  if (masking === 'none') return text;
  return masking === 'card' ? maskCardText(text) : maskText(text);
}
