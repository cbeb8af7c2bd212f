// The rules' conditions as functions over a tile of rows. A function takes the rules of one int32
// word of `fired` (32 of them), or fewer where its source grows past a budget: V8 does not optimise
// a function over 60 KB of bytecode, and small ones optimise sooner. Each loops over the tile's
// decided rows, loads every field and feature once, and stores its word once.
// Before them the lookups of all rules, a few a function (see lookup-plan.ts).
//
// Row rules and life rules are chunks of their own: those of row rules write a row's words, those of
// life rules add to them, and may run again on a row whose payment has lived on.

import type { FeatureLayout } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../runtime/constant-pool.ts';
import type { RuleRuntime } from '../runtime/rule-runtime.ts';
import { TEMP_SLOTS_MAX } from '../runtime/rule-runtime.ts';
import { Emitter } from './emit.ts';
import { makeFunction } from './generated.ts';
import type { Lookup } from './lookup-plan.ts';
import { LookupLines } from './lookup-lines.ts';
import { LookupPlan } from './lookup-plan.ts';

/** Over `rows[0, count)`: the decided rows of a tile. L holds the tile's lookups. */
export type ChunkFunction = (
  i32: Int32Array,
  f64: Float64Array,
  F: Float64Array,
  FI: Int32Array,
  L: Int32Array,
  rows: Int32Array,
  count: number,
  fired: Int32Array,
) => void;

export interface Chunks {
  readonly firedWords: number;
  /** Int32 of L a row. */
  readonly lookupCount: number;
  /** To be run in this order, of the lookups first. */
  readonly lookups: readonly ChunkFunction[];
  readonly rules: readonly ChunkFunction[];
  readonly lines: LookupLines;
  readonly sources: readonly string[];
}

/** Rows whose lookups are made together. */
export const SCORED_ROWS_MAX = 256;
const PARAMETERS = 'i32, f64, F, FI, L, rows, count, fired';
const RULES_PER_WORD = 32;
const SOURCE_CHARACTERS = 15_000; // ~20 KB of bytecode
const LOOKUPS_PER_FUNCTION = 4;

function rowStart(layout: RowLayout, lookupCount: number): string[] {
  return [
    'for (let k = 0; k < count; k++) {',
    'const row = rows[k];',
    `const b32 = row * ${layout.strideBytes / 4};`,
    `const b64 = row * ${layout.strideBytes / 8};`,
    `const kl = k * ${lookupCount};`,
  ];
}

/** @param ofLife true: the life rules only; false: the others */
export function compileChunks(
  plan: Plan,
  ofLife: boolean,
  layout: RowLayout,
  features: FeatureLayout | null,
  pool: ConstantPool,
  runtime: RuleRuntime,
): Chunks {
  const lookups = new LookupPlan();
  for (const rule of plan.rules) if (rule.isLife === ofLife) lookups.add(rule.when);
  const lookupCount = lookups.lookups.length;
  const bodies: string[][] = [];
  // A lookup is read from L once the function that makes it stands before.
  let ready = 0;
  const emitter = new Emitter(plan, layout, features, pool, (e: Lookup) => {
    const number = lookups.numberOf(e);
    return number !== undefined && number < ready ? `L[kl + ${number}]` : null;
  });
  for (let from = 0; from < lookupCount; from += LOOKUPS_PER_FUNCTION) {
    const to = Math.min(lookupCount, from + LOOKUPS_PER_FUNCTION);
    emitter.reset();
    const stores = lookups.lookups.slice(from, to).flatMap((lookup, i) => {
      const found = emitter.lookup(lookup);
      return [...emitter.takeStatements(), `L[kl + ${from + i}] = ${found};`];
    });
    bodies.push([...emitter.preamble(), ...rowStart(layout, lookupCount), ...stores, '}']);
    ready = to;
  }
  const lookupFunctions = bodies.length;
  const firedWords = Math.max(1, Math.ceil(plan.rules.length / RULES_PER_WORD));
  for (let word = 0; word < firedWords; word++) {
    const rules = plan.rules.slice(word * RULES_PER_WORD, (word + 1) * RULES_PER_WORD);
    if (ofLife && !rules.some((rule) => rule.isLife)) continue;
    const target = `fired[row * ${firedWords} + ${word}]`;
    const start = rowStart(layout, lookupCount);
    bodies.push(...wordBodies(emitter, rules, ofLife, target, start));
  }
  const functions = bodies.map((body) =>
    makeFunction<ChunkFunction>(PARAMETERS, body, pool, runtime),
  );
  return {
    firedWords,
    lookupCount,
    lookups: functions.slice(0, lookupFunctions),
    rules: functions.slice(lookupFunctions),
    lines: new LookupLines(lookups, layout, pool, SCORED_ROWS_MAX),
    sources: bodies.map((body) => `(${PARAMETERS}) => {\n${body.join('\n')}\n}`),
  };
}

/** Bodies of the functions of one word: the first stores it, the others add their bits. */
function wordBodies(
  emitter: Emitter,
  rules: Plan['rules'],
  ofLife: boolean,
  target: string,
  start: readonly string[],
): string[][] {
  const bodies: string[][] = [];
  let lines: string[] = [];
  let characters = 0;
  const close = (): void => {
    const store = `${target} ${bodies.length === 0 && !ofLife ? '=' : '|='} w;`;
    bodies.push([...emitter.preamble(), ...start, 'let w = 0;', ...lines, store, '}']);
    emitter.reset();
    lines = [];
    characters = 0;
  };
  emitter.reset();
  rules.forEach((rule, bit) => {
    if (rule.isLife !== ofLife) return;
    const condition = emitter.condition(rule.when);
    const added = [...emitter.takeStatements(), `w |= ${condition} << ${bit};`];
    lines.push(...added);
    characters += added.reduce((sum, line) => sum + line.length, 0);
    // The next rule's texts need slots too: a rule alone may take half of them.
    if (characters > SOURCE_CHARACTERS || emitter.tempSlotsUsed > TEMP_SLOTS_MAX / 2) close();
  });
  if (lines.length > 0 || bodies.length === 0) close();
  return bodies;
}
