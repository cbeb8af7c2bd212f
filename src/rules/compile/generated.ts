// The one place where text becomes code. What comes here is made by Emitter: generated names and
// number literals only (a property test holds it to a list of tokens).

import type { ConstantPool } from '../runtime/constant-pool.ts';
import type { RuleRuntime } from '../runtime/rule-runtime.ts';

/**
 * A function of `parameters` with this body, over K (constants) and rt (helpers). The inner
 * parentheses make V8 compile it at once rather than parse it twice.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the shape
export function makeFunction<F>(
  parameters: string,
  body: readonly string[],
  pool: ConstantPool,
  runtime: RuleRuntime,
): F {
  const source = `return (function (${parameters}) {\n${body.join('\n')}\n})`;
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- generated code is the point
  const factory = new Function('K', 'rt', source) as (K: ConstantPool, rt: RuleRuntime) => F;
  return factory(pool, runtime);
}
