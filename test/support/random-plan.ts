// Random plans: rules over random features of a random selection of functions, windows, conditions,
// lists and registers; with scores, modes and exempt clauses. The plan is made directly; its
// conditions' `text` is CEL, so that the front end can be given the same rules.

import type { Random } from '../../src/base/random.ts';
import type { Expression, ValueType } from '../../src/domain/expression.ts';
import type { Outcome } from '../../src/domain/decision.ts';
import type {
  ExemptPlan,
  FeatureFunction,
  FeatureSpec,
  FeatureWindow,
  Plan,
  RulePlan,
} from '../../src/domain/plan.ts';
import { DEFAULT_LIFE } from '../../src/domain/plan.ts';
import { REASONS } from '../../src/domain/reasons.ts';
import type { FeatureMaker } from './random-expression.ts';
import { ExpressionMaker, node } from './random-expression.ts';
import { LIFE_FIELDS, LifeMaker, atNow, readsLife } from './random-life.ts';
import {
  ALL_FIELDS,
  ENTITIES,
  EXTRA_FIELDS,
  LISTS,
  RATES,
  REGISTERS,
  numberOfField,
} from './random-world.ts';

export interface PlanOptions {
  readonly ruleCount: number;
  /** How deep conditions nest; default 3. */
  readonly depth?: number;
  /** Features stop at this many; default 24; 0 = rules over fields only. */
  readonly featuresMax?: number;
  readonly latenessMs?: number;
  readonly scanMax?: number;
  readonly keepMs?: number;
  readonly repeatsForMs?: number;
  readonly timezone?: string;
  /** Only what the rules' front end accepts as text; default false. */
  readonly takesTextOnly?: boolean;
  /** Rules may read the life of a payment; default false. */
  readonly withLife?: boolean;
}

const WINDOWS: readonly (readonly [text: string, window: FeatureWindow])[] = [
  ['1s', { kind: 'length', ms: 1000 }],
  ['90s', { kind: 'length', ms: 90_000 }],
  ['10m', { kind: 'length', ms: 600_000 }],
  ['24h', { kind: 'length', ms: 86_400_000 }],
  ['30d', { kind: 'length', ms: 30 * 86_400_000 }],
  ['day', { kind: 'day' }],
  ['month', { kind: 'month' }],
];
const ZONES = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe'];
/** Fields whose values are whole numbers. */
const WHOLE = ['amount', 'balance', 'durationMs'];
const INFORMING_FIELDS = ['kind', 'label', 'fault', 'codeState'];

export function randomPlan(random: Random, options: PlanOptions): Plan {
  const depth = options.depth ?? 3;
  const features: FeatureSpec[] = [];
  const { takesTextOnly = false } = options;
  const makeFeature = featureMaker(random, features, options.featuresMax ?? 24, takesTextOnly);
  const maker = new ExpressionMaker(random, makeFeature, takesTextOnly);
  const life = options.withLife === true ? new LifeMaker(random) : null;
  const ruleMaker = new ExpressionMaker(random, makeFeature, takesTextOnly, life);
  const rules = Array.from({ length: options.ruleCount }, (_, index) =>
    randomRule(random, ruleMaker, index, depth),
  );
  const exempt = Array.from({ length: random.below(3) }, (_, index) =>
    randomExempt(random, maker, index, rules),
  );
  return planOf({ rules, exempt, features }, random, options);
}

/** A plan of these rules and features, everything else as the world has it. */
export function planOf(
  parts: Pick<Plan, 'rules' | 'features'> & Partial<Plan>,
  random: Random,
  options: Omit<PlanOptions, 'ruleCount'> = {},
): Plan {
  return {
    ruleset: 'random',
    version: random.chance(0.5) ? '7' : null,
    description: null,
    hash: '0123456789abcdef0123456789abcdef',
    currency: 'CNY',
    rates: RATES,
    timezone: options.timezone ?? random.pick(ZONES),
    extraFields: EXTRA_FIELDS,
    fieldsRead: ALL_FIELDS.map((spec) => spec.name),
    entities: ENTITIES,
    lists: LISTS,
    registers: REGISTERS,
    reasons: REASONS,
    exempt: [],
    life: options.withLife === true ? { ...DEFAULT_LIFE, fields: LIFE_FIELDS } : DEFAULT_LIFE,
    score: random.pick([
      { hold: 50, reverse: 120 },
      { hold: null, reverse: null },
      { hold: 30, reverse: null },
    ]),
    invalid: { outcome: 'hold' },
    time: {
      latenessMs: options.latenessMs ?? 300_000,
      aheadMaxMs: 3_600_000,
      scanMax: options.scanMax ?? 4096,
    },
    keepMs: options.keepMs ?? 90 * 86_400_000,
    limits: { rowsPerEntity: 100_000, entities: 1000, pending: 1000 },
    repeats: { forMs: options.repeatsForMs ?? 86_400_000, ids: 100_000 },
    tests: [],
    ...parts,
  };
}

function randomRule(
  random: Random,
  maker: ExpressionMaker,
  index: number,
  depth: number,
): RulePlan {
  const mode = random.pick(['live', 'live', 'live', 'shadow', 'score'] as const);
  const isScored = mode === 'score' || random.chance(0.4);
  const plain = random.pick([10, 40, 0, -5, 0.25]);
  const score: Expression | null = isScored
    ? random.chance(0.6)
      ? { ...node('number', String(plain)), op: 'number', value: plain }
      : maker.value('number', 2)
    : null;
  const when = oftenTrue(random, maker, depth);
  const isLife = readsLife(when) || readsLife(score);
  return {
    id: `rule-${index}`,
    trigger: null,
    description: null,
    when: isLife ? atNow(when) : when,
    mode,
    outcome: mode === 'score' ? 'allow' : random.pick(['hold', 'hold', 'reverse', 'allow']),
    reason: mode === 'score' ? -1 : random.below(REASONS.length - 4),
    score: isLife ? atNow(score) : score,
    isLife,
    hold: null,
    at: { file: 'random.yaml', line: index + 1, column: 1 },
  };
}

function oftenTrue(random: Random, maker: ExpressionMaker, depth: number): Expression {
  return maker.when(random.chance(0.3) ? 0 : depth);
}

function randomExempt(
  random: Random,
  maker: ExpressionMaker,
  index: number,
  rules: readonly RulePlan[],
): ExemptPlan {
  const from: Outcome[] = random.pick([['hold'], ['reverse'], ['hold', 'reverse'], ['allow']]);
  const live = rules.flatMap((rule, number) =>
    rule.mode === 'live' && random.chance(0.5) ? [number] : [],
  );
  return {
    id: `exempt-${index}`,
    when: oftenTrue(random, maker, 1),
    from,
    rules: random.chance(0.4) ? null : live,
  };
}

/** Makes features and keeps equal ones once. */
export function featureMaker(
  random: Random,
  features: FeatureSpec[],
  featuresMax: number,
  takesTextOnly = false,
): FeatureMaker {
  // Inside where and value no features may stand.
  const plainMaker = new ExpressionMaker(random, () => null, takesTextOnly);
  return (type) => {
    const matching = features.flatMap((spec, index) =>
      spec.type === type ? [{ index, spec }] : [],
    );
    if (features.length >= featuresMax || (matching.length > 0 && random.chance(0.3))) {
      return matching.length > 0 ? random.pick(matching) : null;
    }
    const spec = randomFeature(random, plainMaker, type);
    if (spec === null) return null;
    const known = features.findIndex((other) => other.key === spec.key);
    if (known >= 0) return { index: known, spec };
    features.push(spec);
    return { index: features.length - 1, spec };
  };
}

const FUNCTIONS: Readonly<Partial<Record<ValueType, readonly FeatureFunction[]>>> = {
  number: [
    'count',
    'count',
    'count',
    'distinct',
    'distinct',
    'ratio',
    'sum',
    'avg',
    'min',
    'max',
    'last',
    'distanceKm',
    'speedKmh',
  ],
  money: ['sum', 'sum', 'avg', 'min', 'max', 'last'],
  duration: ['sum', 'avg', 'min', 'max', 'last', 'sinceLast', 'age'],
  time: ['last'],
  string: ['last'],
  boolean: ['last'],
};

function randomFeature(
  random: Random,
  maker: ExpressionMaker,
  type: ValueType,
): FeatureSpec | null {
  const functions = FUNCTIONS[type];
  return functions === undefined ? null : featureOf(random, maker, random.pick(functions), type);
}

/** A random feature with this function; `type` is its value's. */
export function featureOf(
  random: Random,
  maker: ExpressionMaker,
  fn: FeatureFunction,
  type: ValueType,
): FeatureSpec {
  const entity = random.pick([0, 0, 0, 1, 2, 3, 4]);
  const isWindowed = !['last', 'sinceLast', 'age', 'distanceKm', 'speedKmh'].includes(fn);
  const [windowText, window] = random.pick(WINDOWS);
  const prior = isWindowed && random.chance(0.3);
  const takesWhere = !['last', 'sinceLast', 'age'].includes(fn);
  const isOptional = fn !== 'ratio';
  const where = takesWhere && (!isOptional || random.chance(0.6)) ? maker.when(1) : null;
  const whereOf = fn === 'ratio' ? maker.when(1) : null;
  const value = valueOf(random, maker, fn, type);
  const args = [
    isWindowed ? JSON.stringify(windowText) : null,
    value?.text,
    where?.text,
    whereOf?.text,
  ];
  const name = `${ENTITIES[entity]?.name}${prior ? '.prior' : ''}.${fn}`;
  return {
    entity,
    fn,
    window: isWindowed ? window : null,
    prior,
    where,
    whereOf,
    value,
    decidedOnly: ![where, whereOf].some((e) => e !== null && namesKind(e)),
    isInteger: value !== null && isWhole(value),
    type,
    key: `${name}(${args.filter((arg) => arg !== null && arg !== undefined).join(', ')})`,
  };
}

function valueOf(
  random: Random,
  maker: ExpressionMaker,
  fn: FeatureFunction,
  type: ValueType,
): Expression | null {
  switch (fn) {
    case 'distinct':
      return random.chance(0.8)
        ? field(
            random.pick(['merchant', 'ip', 'device', 'city', 'card', 'terminal', 'kind']),
            'string',
          )
        : field(random.pick(['amount', 'riskHint']), 'number');
    case 'last':
      return lastField(random, type);
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      if (type === 'number')
        return random.chance(0.6) ? field('riskHint', 'number') : maker.value('number', 1);
      return random.chance(0.7)
        ? field(type === 'money' ? 'amount' : 'durationMs', type)
        : maker.value(type, 1);
    default:
      return null;
  }
}

function field(name: string, type: ValueType): Expression {
  return { ...node(type, `tx.${name}`), op: 'field', field: numberOfField(name) };
}

function lastField(random: Random, type: ValueType): Expression {
  switch (type) {
    case 'money':
      return field(random.pick(['amount', 'balance']), type);
    case 'duration':
      return field('durationMs', type);
    case 'time':
      return field('time', type);
    case 'boolean':
      return field('isKnown', type);
    case 'string':
      return field(
        random.pick(['merchant', 'city', 'ip', 'device', 'country', 'verification']),
        type,
      );
    default:
      return field(random.pick(['riskHint', 'lat']), type);
  }
}

/** Whether a condition names a field that only informing kinds carry, or the kind itself. */
function namesKind(e: Expression): boolean {
  const fields = INFORMING_FIELDS.map(numberOfField);
  return some(e, (part) => part.op === 'field' && fields.includes(part.field));
}

function isWhole(e: Expression): boolean {
  if (e.op === 'number') return Number.isInteger(e.value);
  if (e.op === 'field') return WHOLE.map(numberOfField).includes(e.field);
  return e.op === 'arithmetic' && '+-'.includes(e.operator) && isWhole(e.left) && isWhole(e.right);
}

/** Whether `test` holds for a node of the tree. */
function some(e: unknown, test: (e: Expression) => boolean): boolean {
  if (typeof e !== 'object' || e === null) return false;
  return (isNode(e) && test(e)) || Object.values(e).some((part) => some(part, test));
}

function isNode(e: object): e is Expression {
  return 'op' in e;
}
