// What names mean while expressions are checked, and what the checked ones turn out to use. Names
// come from the file, so they are kept in Maps and never as keys of plain objects.

import type { ValueType } from '../../../domain/expression.ts';
import type { FieldSpec, FieldType } from '../../../domain/fields.ts';
import type {
  EntitySpec,
  FeatureSpec,
  ListData,
  RegisterData,
  TimerPlan,
} from '../../../domain/plan.ts';
import type { ASTNode, CelSource } from '../cel-source.ts';
import type { Problems } from '../problem.ts';

export interface FieldInfo {
  readonly number: number;
  readonly spec: FieldSpec;
  readonly type: ValueType;
}

export interface EntityDeclaration {
  readonly kind: 'entity';
  readonly name: string;
  readonly keyNames: readonly string[];
}
export interface ListDeclaration {
  readonly kind: 'list';
  readonly name: string;
  readonly index: number;
}
export interface RegisterDeclaration {
  readonly kind: 'register';
  readonly name: string;
  readonly index: number;
  /** From, to and scope stand in it: what inMaintenance reads. */
  readonly isWindows: boolean;
}
export interface LetDeclaration {
  readonly kind: 'let';
  readonly name: string;
  readonly source: CelSource;
  /** null where the text could not be parsed */
  readonly ast: ASTNode | null;
  /** Its problems are reported already: uses stay silent. */
  isBroken: boolean;
}
/** A list or register that could not be read: uses stay silent. */
export interface BrokenDeclaration {
  readonly kind: 'broken';
  readonly name: string;
}
export type Declaration =
  EntityDeclaration | ListDeclaration | RegisterDeclaration | LetDeclaration | BrokenDeclaration;

export interface Scope {
  readonly problems: Problems;
  /** The contract's and the file's; those of a payment's life come after them, see Uses. */
  readonly fields: ReadonlyMap<string, FieldInfo>;
  readonly extraFields: readonly FieldSpec[];
  /** Declared, but not as it should be: uses stay silent. */
  readonly brokenFields: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, Declaration>;
  readonly lists: readonly ListData[];
  readonly registers: readonly RegisterData[];
  readonly currency: string | null;
  readonly timezone: string;
  /** Said once a file: money without a currency, a limit reached. */
  readonly said: Set<string>;
  /** Parts of expressions that the whole file may still have, its lets written out. */
  readonly budget: { nodes: number };
}

/** Parts of all expressions of a file: a hostile one cannot make the checker run without end. */
export const FILE_NODES_MAX = 4_000_000;
/** Features after equal ones are merged. */
export const FEATURES_MAX = 4096;
/** Timers after equal ones are merged: each payment may have as many. */
export const TIMERS_MAX = 256;

/** Features, entities, fields and timers that checked expressions use: deduplicated, in order of use. */
export class Uses {
  readonly features: FeatureSpec[] = [];
  readonly entities: EntitySpec[] = [];
  readonly fieldNames: Set<string> = new Set<string>();
  /** Names of the life of a payment; their numbers follow those of all other fields. */
  readonly lifeFields: FieldSpec[] = [];
  readonly timers: TimerPlan[] = [];
  readonly #featureByKey = new Map<string, number>();
  readonly #entityByName = new Map<string, number>();
  readonly #lifeByName = new Map<string, number>();
  readonly #timerKeys = new Set<string>();

  entity(declaration: EntityDeclaration, fields: ReadonlyMap<string, FieldInfo>): number {
    const known = this.#entityByName.get(declaration.name);
    if (known !== undefined) return known;
    const keyFields = declaration.keyNames.map((name) => fields.get(name)?.number ?? -1);
    for (const name of declaration.keyNames) this.fieldNames.add(name);
    const index = this.entities.push({ name: declaration.name, keyFields }) - 1;
    this.#entityByName.set(declaration.name, index);
    return index;
  }

  feature(spec: FeatureSpec): number {
    const known = this.#featureByKey.get(spec.key);
    if (known !== undefined) return known;
    const index = this.features.push(spec) - 1;
    this.#featureByKey.set(spec.key, index);
    return index;
  }

  /** Index into lifeFields. */
  lifeField(spec: FieldSpec): number {
    const known = this.#lifeByName.get(spec.name);
    if (known !== undefined) return known;
    const index = this.lifeFields.push(spec) - 1;
    this.#lifeByName.set(spec.name, index);
    return index;
  }

  timer(key: string, timer: TimerPlan): void {
    if (this.#timerKeys.has(key)) return;
    this.#timerKeys.add(key);
    this.timers.push(timer);
  }
}

export function valueTypeOf(type: FieldType): ValueType {
  switch (type) {
    case 'string':
    case 'enum':
      return 'string';
    case 'money':
    case 'time':
    case 'duration':
    case 'boolean':
      return type;
    case 'integer':
    case 'latitude':
    case 'longitude':
    case 'number':
      return 'number';
  }
}

const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  number: 'a plain number',
  money: 'money',
  duration: 'a duration',
  time: 'a time',
  date: 'a date',
  string: 'a text',
  version: 'a version',
  boolean: 'a condition',
};

export function typeWords(type: ValueType): string {
  return TYPE_WORDS[type];
}
