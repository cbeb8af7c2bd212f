// Function calls of the language as text: calls of rt's helpers, whose arguments are numbers or the
// places of texts.

import { assert, must } from '../../base/assert.ts';
import type { Expression, FunctionName } from '../../domain/expression.ts';
import { ROW } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../runtime/constant-pool.ts';
import type { StringText } from './loads.ts';
import type { Scope } from './scope.ts';

type Call = Extract<Expression, { op: 'call' }>;

/** The texts of arguments, and of the guard in force. */
export interface ArgumentTexts {
  number(e: Expression): string;
  string(e: Expression): StringText;
  readonly guard: string | null;
}

const STRING_CALLS: ReadonlySet<FunctionName> = new Set(['lower', 'trim', 'version']);

/** A call that takes long, and is told by its guard whether it has to. */
export function isCostlyCall(e: Expression): boolean {
  return e.op === 'call' && e.name === 'matches';
}

export class Calls {
  readonly #scope: Scope;
  readonly #pool: ConstantPool;
  readonly #values: ArgumentTexts;

  constructor(scope: Scope, pool: ConstantPool, values: ArgumentTexts) {
    this.#scope = scope;
    this.#pool = pool;
    this.#values = values;
  }

  stringCall(e: Call): StringText {
    assert(STRING_CALLS.has(e.name), `${e.name} gives a text`);
    const scope = this.#scope;
    const value = this.#values.string(must(e.args[0], 'argument'));
    if (e.name === 'version') {
      const length = scope.local(`rt.versionLength(${value.offset}, ${value.textLength})`);
      return { lo: value.lo, hi: value.hi, offset: value.offset, length, textLength: length };
    }
    const call = `rt.${e.name}(${value.offset}, ${value.textLength}`;
    const length = scope.once(call, () => {
      const slot = e.name === 'lower' ? `, ${scope.tempSlot()}` : '';
      const name = scope.fresh();
      scope.constant('R', 'rt.out');
      scope.statement(`const ${name} = ${call}${slot});`);
      ['l', 'h', 'o'].forEach((part, i) => {
        scope.statement(`const ${name}${part} = R[${i}];`);
      });
      return name;
    });
    return {
      lo: `${length}l`,
      hi: `${length}h`,
      offset: `${length}o`,
      length,
      textLength: length,
    };
  }

  /** A call of rt whose arguments are texts, each as offset and length. */
  callTexts(name: string, args: readonly Expression[], ...more: string[]): string {
    const texts = args.flatMap((arg) => {
      // Versions are checked by the helper that compares them.
      const inner = arg.op === 'call' && arg.name === 'version' ? arg.args[0] : arg;
      const text = this.#values.string(must(inner, 'argument'));
      return [text.offset, text.textLength];
    });
    return this.#scope.local(`rt.${name}(${[...texts, ...more].join(', ')})`);
  }

  /** 1, 0 or -1 = missing. */
  booleanCall(e: Call): string {
    switch (e.name) {
      case 'startsWith':
      case 'endsWith':
      case 'contains':
      case 'luhn':
        return this.callTexts(e.name, e.args);
      case 'matches':
        return this.#matches(e);
      case 'expired':
        return this.callTexts(
          'expired',
          e.args.slice(0, 1),
          this.#values.number(must(e.args[1], 'time of expired')),
        );
      case 'inMaintenance': {
        const scope = this.#values.string(must(e.args[0], 'scope of inMaintenance'));
        const register = this.#pool.maintenanceOf(must(e.register, 'register of inMaintenance'));
        const time =
          e.timeField === undefined
            ? this.#scope.local(`f64[b64 + ${ROW.timeMs / 8}]`)
            : this.#values.number({
                op: 'field',
                field: e.timeField,
                type: 'time',
                text: e.text,
                at: e.at,
              });
        const args = [register, scope.lo, scope.hi, scope.length, time];
        return this.#scope.local(`rt.inMaintenance(${args.join(', ')})`);
      }
      default:
        throw new TypeError(`${e.name} is not a condition`);
    }
  }

  #matches(e: Call): string {
    const [value, source] = e.args;
    assert(source?.op === 'string', 'the pattern of matches is a literal');
    const text = this.#values.string(must(value, 'argument of matches'));
    const args = [
      this.#values.guard ?? '1',
      this.#pool.pattern(source.value),
      text.lo,
      text.hi,
      text.offset,
      text.textLength,
    ];
    return this.#scope.local(`rt.matches(${args.join(', ')})`);
  }

  numberCall(e: Call): string {
    const numbers = (): string => e.args.map((arg) => this.#values.number(arg)).join(', ');
    switch (e.name) {
      case 'size':
        return this.callTexts('size', e.args);
      case 'min':
      case 'max':
      case 'abs':
        return this.#scope.local(`Math.${e.name}(${numbers()})`);
      case 'round':
        return this.#scope.local(`rt.round(${numbers()})`);
      case 'kmBetween':
        return this.#scope.local(`rt.km(${numbers()})`);
      case 'hourOf':
        return this.#scope.local(`${this.#calendar(e.zone)}.hour(${numbers()})`);
      case 'dayOfWeekOf':
        return this.#scope.local(`${this.#calendar(e.zone)}.isoWeekday(${numbers()})`);
      case 'dateOf':
        return this.#scope.local(`${this.#calendar(e.zone)}.dateNumber(${numbers()})`);
      default: {
        const answer = this.booleanCall(e);
        return this.#scope.local(`(${answer} < 0 ? NaN : ${answer})`);
      }
    }
  }

  #calendar(zone: string | undefined): string {
    const number = this.#pool.calendar(zone ?? this.#pool.plan.timezone);
    return this.#scope.constant(`z${number}`, `K.calendars[${number}]`);
  }
}
