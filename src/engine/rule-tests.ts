// The tests that stand in a rules file, run through the engine itself: each on fresh state, row by
// row, so that a row is known by its place whether or not it gets a decision. Between tests the event
// loop gets its turn: worker threads that start meanwhile wait for this thread's answers.

import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { maskText } from '../domain/card-numbers.ts';
import type { Decision } from '../domain/decision.ts';
import type { FileTest, FileTestExpectation, Plan } from '../domain/plan.ts';
import { LocalEngine } from './local-engine.ts';

const BATCH_ROWS_MAX = 16;

export interface FileTestResult {
  readonly name: string;
  /** A sentence for each expectation that is not met; empty when all is well. */
  readonly problems: readonly string[];
}

/** Runs all tests of the plan's file; compiled once, with empty state for each. */
export async function runFileTests(plan: Plan): Promise<FileTestResult[]> {
  const results: FileTestResult[] = [];
  if (plan.tests.length === 0) return results;
  const engine = new LocalEngine({
    plan,
    batchRowsMax: BATCH_ROWS_MAX,
    requireKeys: false,
    // No shard can have more than all rows of a test.
    paymentsMax: Math.max(...plan.tests.map(({ given }) => given.length)),
  });
  for (const fileTest of plan.tests) {
    await yieldToEventLoop();
    engine.reset();
    results.push({ name: fileTest.name, problems: runFileTest(engine, plan, fileTest) });
  }
  return results;
}

function runFileTest(engine: LocalEngine, plan: Plan, fileTest: FileTest): string[] {
  const { name, given, expect } = fileTest;
  const newest = new Map<string, Decision>();
  const idOf = (row: number): string => String(given[row]?.['id']);
  /** By row: as first decided. */
  const first: (Decision | null)[] = [];
  /** What an expectation sees, once its time has come. */
  const seen = expect.map((): Decision | null => null);
  const look = (row: number): void => {
    expect.forEach(({ at, after }, k) => {
      if (after === null && at === row) seen[k] = first[at] ?? null;
      if (after === row) seen[k] = newest.get(idOf(at)) ?? null;
    });
  };
  given.forEach((transaction, row) => {
    const records = engine.decide([transaction]);
    for (const record of records) newest.set(record.transactionId, record);
    const isOwn = (record: Decision): boolean =>
      record.cause === undefined && record.transactionId === idOf(row);
    first.push(records.find(isOwn) ?? null);
    look(row);
  });
  if (expect.some(({ after }) => after === given.length)) {
    for (const record of engine.advance(null)) newest.set(record.transactionId, record);
    look(given.length);
  }
  return expect.flatMap((expected, k) =>
    problemsOf(plan, name, expected, seen[k] ?? null, given.length),
  );
}

function problemsOf(
  plan: Plan,
  name: string,
  { at, after, outcome, rules, place }: FileTestExpectation,
  decision: Decision | null,
  givenCount: number,
): string[] {
  const when = after === null ? '' : after === givenCount ? ', at the end' : `, after row ${after}`;
  const where = `${place.file}:${place.line}:${place.column}: test "${maskText(name)}", row ${at}${when}`;
  if (decision === null) return [`${where}: a row of this kind gets no decision`];
  const problems: string[] = [];
  const fired = firedLiveRules(plan, decision);
  if (outcome !== null && decision.outcome !== outcome) {
    const why = whyText(decision, fired);
    problems.push(`${where}: expected ${outcome}, got ${decision.outcome}; ${why}`);
  }
  if (rules !== null && fired.toSorted().join() !== rules.toSorted().join()) {
    problems.push(`${where}: expected rules [${rules.join(', ')}], fired [${fired.join(', ')}]`);
  }
  return problems;
}

/** What led to a decision: an outcome alone does not tell where to look. */
function whyText({ reasons = [], flags = [] }: Decision, fired: readonly string[]): string {
  const codes = [...new Set(reasons.map(({ code }) => code))];
  return [
    fired.length === 0 ? 'no rule fired' : `fired [${fired.join(', ')}]`,
    ...(codes.length === 0 ? [] : [`reasons [${codes.join(', ')}]`]),
    ...(flags.length === 0 ? [] : [`flags [${flags.join(', ')}]`]),
  ].join(', ');
}

/**
 * Exempted ones too: they fired, and stand in the evidence. An amendment has the evidence of life
 * rules only; its row rules stand in the reasons.
 */
function firedLiveRules(plan: Plan, decision: Decision): string[] {
  const live = new Set(plan.rules.filter(({ mode }) => mode === 'live').map(({ id }) => id));
  const told = [...(decision.evidence ?? []), ...(decision.reasons ?? [])];
  const ids = told.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  return [...new Set(ids)].filter((id) => live.has(id));
}
