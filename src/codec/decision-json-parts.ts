// The constants of JSON decisions: numbers in a pool, made once a plan. A constant that follows an
// echoed string begins with that string's closing quote.

import type { DecisionReason } from '../domain/decision.ts';
import { OUTCOMES } from '../domain/decision.ts';
import type { Plan } from '../domain/plan.ts';
import type { EvidenceReader } from '../domain/verdict.ts';
import type { ConstantPool } from './decision-constants.ts';
import type { DecisionParts } from './decision-entries.ts';
import {
  FLAG_COMBINATIONS,
  engineReason,
  flagsOfCombination,
  ruleReason,
} from './decision-entries.ts';

export interface JsonParts extends DecisionParts {
  readonly yes: number;
  readonly no: number;
}

export function makeJsonParts(plan: Plan, reader: EvidenceReader, pool: ConstantPool): JsonParts {
  const encoder = new TextEncoder();
  const add = (text: string): number => pool.add(encoder.encode(text));
  const addAll = (texts: readonly string[]): Int32Array => Int32Array.from(texts, add);
  const hash = `,"rulesHash":${json(plan.hash)}`;
  const version = plan.version === null ? '' : `,"rulesVersion":${json(plan.version)}`;
  return {
    outcomes: addAll(OUTCOMES.map((outcome) => `","outcome":"${outcome}"`)),
    reasons: add(',"reasons":['),
    ruleReasons: addAll(plan.rules.map((_, rule) => reasonText(ruleReason(plan, rule)))),
    scoreReason: add(reasonText(engineReason(plan, 'SCORE'))),
    invalidReason: add(reasonText(engineReason(plan, 'INVALID_INPUT'))),
    score: add(',"score":'),
    evidence: add(',"evidence":['),
    ruleOpens: addAll(plan.rules.map(({ id }) => `{"rule":${json(id)}`)),
    compared: add(',"compared":['),
    itemOpens: reader.templates.map((items) =>
      addAll(items.map(({ what, op }) => `{"what":${json(what)},"op":${json(op)}`)),
    ),
    itemThresholds: reader.templates.map((items) =>
      addAll(
        items.map(({ thresholdText }) =>
          thresholdText === null ? '' : `,"threshold":${json(thresholdText)}`,
        ),
      ),
    ),
    value: add(',"value":'),
    threshold: add(',"threshold":'),
    margin: add(',"margin":'),
    exemptBy: add(',"exemptBy":['),
    exempts: addAll(plan.exempt.map(({ id }) => json(id))),
    flags: addAll(
      Array.from({ length: FLAG_COMBINATIONS }, (_, combination) => {
        return combination === 0 ? '' : `,"flags":${json(flagsOfCombination(combination))}`;
      }),
    ),
    repeatFlags: add(',"flags":["REPEAT"]'),
    shadow: add(',"shadow":['),
    shadows: addAll(
      plan.rules.map(({ id, outcome }, rule) =>
        json({ rule: id, outcome, code: ruleReason(plan, rule)?.code ?? '' }),
      ),
    ),
    time: add(',"eventTime":'),
    revision0Rules: add(`,"revision":0${hash}${version}}\n`),
    revision0Hash: add(`,"revision":0${hash}}\n`),
    revision: add(',"revision":'),
    rules: add(`${hash}${version}}\n`),
    hash: add(`${hash}}\n`),
    yes: add('true'),
    no: add('false'),
    infinity: add('"infinity"'),
    minusInfinity: add('"-infinity"'),
  };
}

function reasonText(reason: DecisionReason | null): string {
  return reason === null ? '' : json(reason);
}

/** JSON text; half surrogate pairs become U+FFFD, as they do in msgpack. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'string' ? wellFormed(part) : part,
  );
}

function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

/** Constants that stand in a decision more than once. */
export function repeatedJsonParts(parts: JsonParts): number[] {
  const { value, threshold, margin, compared, score, exemptBy, infinity, minusInfinity } = parts;
  return [value, threshold, margin, compared, score, exemptBy, infinity, minusInfinity];
}
