// The constants of JSON decisions: numbers in a pool, made once a plan. A constant that follows an
// echoed string begins with that string's closing quote.

import type { DecisionReason } from '../domain/decision.ts';
import { OUTCOMES } from '../domain/decision.ts';
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
    engineReasons: addAll(engineReasons(plan).map(reasonText)),
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
    hold: add(',"hold":{"expiresAt":'),
    onExpiry: addAll(ON_EXPIRY.map((what) => `,"onExpiry":"${what}"}`)),
    reversal: add(',"reversal":'),
    methods: addAll(METHODS.map((method) => `{"method":"${method}"`)),
    notBefore: add(',"notBefore":'),
    notAfter: add(',"notAfter":'),
    fallbackMethods: addAll(METHODS.map((method) => `,"fallbackMethod":"${method}"`)),
    queries: railQueries(plan).map((ms) =>
      encoder.encode(ms.length === 0 ? '' : `,"queryFirst":${json(ms)}`),
    ),
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
    decisionId: add('{"decisionId":"'),
    transactionId: add('","transactionId":"'),
    account: add('","account":"'),
    supersedes: add(',"supersedes":"'),
    causes: addAll(CAUSES.map((cause) => `","cause":"${cause}"`)),
    causedBy: add(',"causedBy":"'),
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
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}
