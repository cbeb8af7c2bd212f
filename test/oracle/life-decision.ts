// Decisions and amendments as the decision contract has them.

import type { Decision, DecisionFlag } from '../../src/domain/decision.ts';
import type { Cause } from '../../src/domain/life.ts';
import type { PreparedPlan } from '../../src/rules/interpret/interpreter.ts';
import type { Kept } from './life-record.ts';
import type { Verdict } from './life-verdict.ts';
import { textField } from './life-view.ts';
import type { OracleRow } from './rows.ts';

export function decisionOf(
  prepared: PreparedPlan,
  row: OracleRow,
  revision: number,
  verdict: Verdict,
  flags: readonly DecisionFlag[],
  withShadow: boolean,
): Decision {
  return {
    decisionId: `${row.id}#${revision}`,
    transactionId: row.id,
    ...echo(prepared, row, 'account'),
    ...echo(prepared, row, 'merchant'),
    ...echo(prepared, row, 'order'),
    ...partsOf(verdict, flags, withShadow),
    eventTime: row.time,
    revision,
    ...ruleset(prepared),
  };
}

/** Of a kept decision: its next revision. */
export function amendmentOf(
  prepared: PreparedPlan,
  record: Kept,
  verdict: Verdict,
  event: {
    readonly cause: Cause;
    readonly causedBy?: string | undefined;
    readonly time: number;
  },
  flags: readonly DecisionFlag[],
  withShadow: boolean,
): Decision {
  const { id, row, newest } = record;
  const revision = newest.revision + 1;
  return {
    decisionId: `${id}#${revision}`,
    transactionId: id,
    ...echo(prepared, row, 'account'),
    ...partsOf(verdict, flags, withShadow),
    eventTime: event.time,
    revision,
    supersedes: `${id}#${newest.revision}`,
    cause: event.cause,
    ...(event.causedBy !== undefined && { causedBy: event.causedBy }),
    ...ruleset(prepared),
  };
}

function echo(prepared: PreparedPlan, row: OracleRow, name: string): Record<string, string> {
  const value = textField(prepared, row, name);
  return value === undefined ? {} : { [name]: value };
}

function partsOf(
  verdict: Verdict,
  flags: readonly DecisionFlag[],
  withShadow: boolean,
): Pick<
  Decision,
  'outcome' | 'reasons' | 'score' | 'evidence' | 'hold' | 'reversal' | 'flags' | 'shadow'
> {
  const { outcome, reasons, score, evidence, hold, reversal, shadow } = verdict;
  return {
    outcome,
    ...(reasons.length > 0 && { reasons }),
    ...(score !== undefined && { score }),
    ...(evidence.length > 0 && { evidence }),
    ...(hold !== null && { hold: { expiresAt: hold.expiresAt, onExpiry: hold.onExpiry } }),
    ...(reversal !== undefined && { reversal }),
    ...(flags.length > 0 && { flags }),
    ...(withShadow && shadow.length > 0 && { shadow }),
  };
}

function ruleset({ plan }: PreparedPlan): Pick<Decision, 'rulesHash' | 'rulesVersion'> {
  return { rulesHash: plan.hash, ...(plan.version !== null && { rulesVersion: plan.version }) };
}
