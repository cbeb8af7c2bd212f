// Random rules over random rows, compiled and interpreted: what fires, in which order, scores,
// outcomes and evidence are equal, for missing and non-finite values too.

import { maskText } from '../../../src/domain/card-numbers.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_HASH_KEY } from '../../../src/base/hash.ts';
import { Random } from '../../../src/base/random.ts';
import type { DecisionEvidence, EvidenceItem } from '../../../src/domain/decision.ts';
import { OUTCOMES } from '../../../src/domain/decision.ts';
import { makeFeatureLayout } from '../../../src/domain/feature-layout.ts';
import { KINDS } from '../../../src/domain/fields.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { makeRowLayout } from '../../../src/domain/row-layout.ts';
import type { EvidenceReader, EvidenceTemplate, Verdict } from '../../../src/domain/verdict.ts';
import { EVIDENCE_KIND } from '../../../src/domain/verdict.ts';
import { makeVerdict } from '../../../src/rules/compile/deciding.ts';
import { RulesProgram } from '../../../src/rules/compile/rules-program.ts';
import { interpretRow } from '../../../src/rules/interpret/interpret-row.ts';
import type { Value } from '../../../src/rules/interpret/interpreter.ts';
import { prepare } from '../../../src/rules/interpret/interpreter.ts';
import { ConstantPool } from '../../../src/rules/runtime/constant-pool.ts';
import {
  RuleRuntime,
  TEMP_SLOTS_MAX,
  TEMP_SLOT_BYTES,
} from '../../../src/rules/runtime/rule-runtime.ts';
import { randomLifeValue } from '../../support/random-life.ts';
import { randomPlan } from '../../support/random-plan.ts';
import { randomRow } from '../../support/random-stream.ts';
import { runs } from '../../support/runs.ts';
import { ALL_FIELDS, POOLS, START_MS } from '../../support/random-world.ts';
import type { FeatureValues } from '../../support/row-table.ts';
import { makeFeatureTable, makeRowTable } from '../../support/row-table.ts';

const ROWS = 40;
const WILD = [Infinity, -Infinity, 0, -0, 0.5, -0.5, 1.5, 1e300, 2 ** 53, 5e-324, 900, 1000];
const TIMES = [START_MS, START_MS + 90_000, START_MS + 7_250_000, 0, -1, 1.5e12, 1.7e14, -5e13];

/** What both sides say of one row. */
interface Said {
  readonly outcome: string;
  readonly reasonRules: readonly number[];
  readonly scoreOutcome: string | null;
  /** Place of SCORE among the reasons; -1 = it is none of them. */
  readonly scoreAt: number;
  readonly score: number | undefined;
  readonly shadow: readonly string[];
  readonly evidence: readonly DecisionEvidence[];
}

function randomValues(random: Random, plan: Plan): Value[] {
  const row = randomRow(random, 'id', random.pick(KINDS), random.pick(TIMES));
  const life = plan.life.fields.map((spec): Value => {
    const value = randomLifeValue(random, spec);
    return typeof value === 'number' && random.chance(0.1) ? random.pick(TIMES) : value;
  });
  const own = ALL_FIELDS.map((spec): Value => {
    const value = row[spec.name];
    const isWild = random.chance(0.1) && !['latitude', 'longitude'].includes(spec.type);
    if (spec.type === 'time') return random.chance(0.05) ? undefined : Number(value);
    if (typeof value === 'number' && isWild) return random.pick(WILD);
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    return typeof value === 'number' ? value : undefined;
  });
  return [...own, ...life];
}

function randomFeatures(random: Random, plan: Plan): FeatureValues {
  return plan.features.map((spec) => {
    if (random.chance(0.25)) return undefined;
    if (spec.type === 'string') return random.pick(random.pick(Object.values(POOLS)));
    if (spec.type === 'boolean') return random.below(2);
    if (spec.type === 'time') return random.pick(TIMES);
    return random.chance(0.3) ? random.pick(WILD) : random.below(6);
  });
}

function interpreted(
  plan: Plan,
  rows: readonly Value[][],
  features: readonly FeatureValues[],
): Said[] {
  const prepared = prepare(plan);
  return rows.map((values, row) => {
    const verdict = interpretRow(prepared, {
      field: (number) => values[number],
      feature: (index) => features[row]?.[index],
    });
    const { outcome, reasonRules, scoreOutcome, score, evidence } = verdict;
    const scoreAt = verdict.reasons.findIndex(({ rule }) => rule === undefined);
    const shadow = verdict.shadow.map((entry) => entry.rule);
    return { outcome, reasonRules, scoreOutcome, scoreAt, score, shadow, evidence };
  });
}

function compiled(
  plan: Plan,
  rows: readonly Value[][],
  features: readonly FeatureValues[],
  isSeparate: boolean,
): Said[] {
  const layout = makeRowLayout(
    plan.extraFields,
    new Set(plan.fieldsRead),
    plan.currency !== null,
    plan.life.fields,
  );
  const made = makeRowTable(layout, rows, TEMP_SLOT_BYTES * TEMP_SLOTS_MAX);
  const featureLayout = makeFeatureLayout(
    plan.features,
    plan.entities.length,
    rows.length,
    isSeparate,
  );
  const { F, FI } = makeFeatureTable(featureLayout, features);
  const pool = new ConstantPool(plan, DEFAULT_HASH_KEY);
  const runtime = new RuleRuntime(pool, made.tempOffset);
  const program = new RulesProgram(plan, layout, featureLayout, { pool, runtime });
  const fired = new Int32Array(program.firedWords * rows.length);
  program.bind(made.table, F, FI, fired);
  program.score(0, rows.length);
  const verdict = makeVerdict(plan);
  return rows.map((_, row) => {
    program.decide(row, verdict);
    return {
      outcome: OUTCOMES[verdict.outcome] ?? 'none',
      reasonRules: [...verdict.reasonRules.subarray(0, verdict.reasonCount)],
      scoreOutcome: verdict.scoreOutcome === 0 ? null : (OUTCOMES[verdict.scoreOutcome] ?? 'none'),
      scoreAt: verdict.scoreAt,
      score: Number.isNaN(verdict.score) ? undefined : verdict.score,
      shadow: [...verdict.shadowRules.subarray(0, verdict.shadowCount)].map(
        (rule) => plan.rules[rule]?.id ?? 'none',
      ),
      evidence: evidenceOf(plan, program.evidence, verdict, row),
    };
  });
}

function evidenceOf(
  plan: Plan,
  reader: EvidenceReader,
  verdict: Verdict,
  row: number,
): DecisionEvidence[] {
  const rules = [...verdict.evidenceRules.subarray(0, verdict.evidenceCount)];
  return rules.map((rule, k) => {
    reader.read(rule, row);
    const compared = (reader.templates[rule] ?? []).flatMap((template, item) =>
      reader.values.held[item] === 1 ? [itemOf(reader, template, item)] : [],
    );
    const score = reader.scoreOf(rule, row);
    const exemptBy = plan.exempt.flatMap((clause, e) => {
      const word = verdict.exemptBits[k * verdict.exemptWords + (e >> 5)] ?? 0;
      return ((word >> (e & 31)) & 1) === 1 ? [clause.id] : [];
    });
    return {
      rule: plan.rules[rule]?.id ?? 'none',
      ...(compared.length > 0 && { compared }),
      ...(!Number.isNaN(score) && { score }),
      ...(exemptBy.length > 0 && { exemptBy }),
    };
  });
}

function itemOf(reader: EvidenceReader, template: EvidenceTemplate, item: number): EvidenceItem {
  const side = (index: number): number | string | boolean | undefined => {
    const { kinds, numbers, memory, offsets, lengths } = reader.values;
    const number = numbers[index] ?? NaN;
    const offset = offsets[index] ?? 0;
    switch (kinds[index]) {
      case EVIDENCE_KIND.number:
        return Number.isFinite(number) ? number : number > 0 ? 'infinity' : '-infinity';
      case EVIDENCE_KIND.boolean:
        return number === 1;
      case EVIDENCE_KIND.text: {
        const bytes = memory[index]?.subarray(offset, offset + (lengths[index] ?? 0));
        const text = new TextDecoder().decode(bytes);
        const masking = template.maskings[index & 1];
        if (masking === 'none') return text;
        const length = bytes?.length ?? 0;
        const isCut = (length > 21 && length <= 24) || length > 60;
        return maskText(text, { isCard: masking === 'card', isCut });
      }
      default:
        return undefined;
    }
  };
  const value = side(2 * item);
  const threshold = template.thresholdText ?? side(2 * item + 1);
  const hasMargin =
    template.hasMargin && typeof value === 'number' && typeof threshold === 'number';
  return {
    what: template.what,
    op: template.op,
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    ...(hasMargin && { margin: value - threshold }),
  };
}

/** What is left where two of them cancel out is nothing. */
const NOTHING = 1e-9;

/** Distances come of two formulas: numbers to 9 digits. */
function rounded(said: Said): unknown {
  return JSON.parse(
    JSON.stringify(said, (_, value: unknown) =>
      typeof value === 'number'
        ? Number.isFinite(value)
          ? Number((Math.abs(value) < NOTHING ? 0 : value).toPrecision(9))
          : String(value)
        : value,
    ),
  );
}

function compareAll(withLife: boolean): void {
  let lifeCount = 0;
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 70 }), fc.nat(4), (seed, ruleCount, depth) => {
      const random = new Random(seed);
      const plan = randomPlan(random, { ruleCount, depth, withLife });
      lifeCount += plan.rules.filter(({ isLife }) => isLife).length;
      const rows = Array.from({ length: ROWS }, () => randomValues(random, plan));
      const features = rows.map(() => randomFeatures(random, plan));
      const want = interpreted(plan, rows, features);
      const have = compiled(plan, rows, features, random.chance(0.5));
      want.forEach((said, row) => {
        expect(rounded(have[row] ?? said)).toEqual(rounded(said));
      });
    }),
    { numRuns: runs(60) },
  );
  expect(lifeCount > 0).toBe(withLife);
}

test('compiled rules say what interpreted ones say', () => compareAll(false));

test('compiled life rules say what interpreted ones say', () => compareAll(true));
