// The constants of msgpack decisions: numbers in a pool, made once a plan. Most are keys.

import { OUTCOMES } from '../domain/decision.ts';
import type { DecisionReason } from '../domain/decision.ts';
import { CAUSES } from '../domain/life.ts';
import type { Plan } from '../domain/plan.ts';
import { METHODS, ON_EXPIRY } from '../domain/rails.ts';
import type { EvidenceReader } from '../domain/verdict.ts';
import type { ConstantPool } from './decision-constants.ts';
import type { DecisionParts } from './decision-entries.ts';
import {
  FLAG_COMBINATIONS,
  engineReason,
  engineReasons,
  flagsOfCombination,
  railQueries,
  ruleReason,
} from './decision-entries.ts';
import {
  concat,
  packNumberArray,
  packText,
  packTextArray,
  packTexts,
} from './decision-msgpack-values.ts';

export function makeMsgpackParts(
  plan: Plan,
  reader: EvidenceReader,
  pool: ConstantPool,
): DecisionParts {
  const add = (...parts: readonly Uint8Array[]): number => pool.add(concat(...parts));
  const text = (value: string): number => pool.add(packText(value));
  const addAll = (parts: readonly Uint8Array[]): Int32Array =>
    Int32Array.from(parts, (part) => pool.add(part));
  const emptyMap = Uint8Array.of(0x80);
  const nothing = new Uint8Array(0);
  const hash = concat(packText('rulesHash'), packText(plan.hash));
  const version =
    plan.version === null ? nothing : concat(packText('rulesVersion'), packText(plan.version));
  return {
    outcomes: addAll(OUTCOMES.map(outcomeOf)),
    reasons: text('reasons'),
    ruleReasons: addAll(plan.rules.map((_, rule) => reasonBytes(ruleReason(plan, rule)))),
    scoreReason: add(reasonBytes(engineReason(plan, 'SCORE'))),
    invalidReason: add(reasonBytes(engineReason(plan, 'INVALID_INPUT'))),
    engineReasons: addAll(engineReasons(plan).map(reasonBytes)),
    score: text('score'),
    evidence: text('evidence'),
    ruleOpens: addAll(plan.rules.map(({ id }) => concat(emptyMap, packText('rule'), packText(id)))),
    compared: text('compared'),
    itemOpens: reader.templates.map((items) =>
      addAll(
        items.map(({ what, op }) =>
          concat(emptyMap, packText('what'), packText(what), packText('op'), packText(op)),
        ),
      ),
    ),
    itemThresholds: reader.templates.map((items) =>
      addAll(
        items.map(({ thresholdText }) =>
          thresholdText === null ? nothing : concat(packText('threshold'), packText(thresholdText)),
        ),
      ),
    ),
    value: text('value'),
    threshold: text('threshold'),
    margin: text('margin'),
    exemptBy: text('exemptBy'),
    exempts: addAll(plan.exempt.map(({ id }) => packText(id))),
    hold: add(packText('hold'), Uint8Array.of(0x82), packText('expiresAt')),
    onExpiry: addAll(ON_EXPIRY.map((what) => concat(packText('onExpiry'), packText(what)))),
    reversal: text('reversal'),
    methods: addAll(
      METHODS.map((method) => concat(emptyMap, packText('method'), packText(method))),
    ),
    notBefore: text('notBefore'),
    notAfter: text('notAfter'),
    fallbackMethods: addAll(
      METHODS.map((method) => concat(packText('fallbackMethod'), packText(method))),
    ),
    queries: railQueries(plan).map((ms) =>
      ms.length === 0 ? nothing : concat(packText('queryFirst'), packNumberArray(ms)),
    ),
    flags: addAll(
      Array.from({ length: FLAG_COMBINATIONS }, (_, combination) =>
        concat(packText('flags'), packTextArray(flagsOfCombination(combination))),
      ),
    ),
    repeatFlags: add(packText('flags'), packTextArray(['REPEAT'])),
    shadow: text('shadow'),
    shadows: addAll(
      plan.rules.map(({ id, outcome }, rule) =>
        packTexts({ rule: id, outcome, code: ruleReason(plan, rule)?.code ?? '' }),
      ),
    ),
    time: text('eventTime'),
    revision0Rules: add(packText('revision'), Uint8Array.of(0), hash, version),
    revision0Hash: add(packText('revision'), Uint8Array.of(0), hash),
    revision: text('revision'),
    rules: add(hash, version),
    hash: add(hash),
    decisionId: text('decisionId'),
    transactionId: text('transactionId'),
    account: text('account'),
    supersedes: text('supersedes'),
    causes: addAll(CAUSES.map((cause) => concat(packText('cause'), packText(cause)))),
    causedBy: text('causedBy'),
    infinity: text('infinity'),
    minusInfinity: text('-infinity'),
  };
}

function outcomeOf(outcome: string): Uint8Array {
  return concat(packText('outcome'), packText(outcome));
}

function reasonBytes(reason: DecisionReason | null): Uint8Array {
  return reason === null ? new Uint8Array(0) : packTexts({ ...reason });
}
