// Turns generated source into a function. The one place of the engine that does, beside rules/compile.

/** The function that `source` (a whole function declaration or expression) stands for. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the shape
export function compileFunction<T>(source: string): T {
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- generated code is the point
  return new Function(`'use strict'; return ${source};`)() as T;
}
