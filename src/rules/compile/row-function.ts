// Functions over one row, for what is asked of few rows: scores, exempt clauses, evidence.

import type { ConstantPool } from '../runtime/constant-pool.ts';
import type { RuleRuntime } from '../runtime/rule-runtime.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { Emitter } from './emit.ts';
import { makeFunction } from './generated.ts';

/** What every part of a program is compiled with. */
export interface CompileContext {
  readonly plan: Plan;
  readonly layout: RowLayout;
  readonly features: FeatureLayout | null;
  readonly pool: ConstantPool;
  readonly runtime: RuleRuntime;
}

/** A number (of a condition 1 or 0) of one row. */
export type RowFunction = (
  i32: Int32Array,
  f64: Float64Array,
  F: Float64Array,
  FI: Int32Array,
  row: number,
) => number;

const PARAMETERS = 'i32, f64, F, FI, row';

/** @param emit gives the function's result, or null when its statements are all it does */
export function rowFunctionBody(
  context: CompileContext,
  emit: (emitter: Emitter) => string | null,
): string[] {
  const { plan, layout, features, pool } = context;
  const emitter = new Emitter(plan, layout, features, pool);
  const result = emit(emitter);
  return [
    ...emitter.preamble(),
    `const b32 = row * ${layout.strideBytes / 4};`,
    `const b64 = row * ${layout.strideBytes / 8};`,
    ...emitter.takeStatements(),
    ...(result === null ? [] : [`return ${result};`]),
  ];
}

export interface CompiledRowFunction {
  readonly run: RowFunction;
  readonly source: string;
}

export function compileRowFunction(
  context: CompileContext,
  emit: (emitter: Emitter) => string,
): CompiledRowFunction {
  const body = rowFunctionBody(context, emit);
  return {
    run: makeFunction<RowFunction>(PARAMETERS, body, context.pool, context.runtime),
    source: `(${PARAMETERS}) => {\n${body.join('\n')}\n}`,
  };
}
