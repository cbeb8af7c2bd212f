// Turns generated source into a function. The one place of the engine that does, beside rules/compile.

import { assert } from '../base/assert.ts';

/** The function that `source` (a whole function declaration or expression) stands for. */
export function compileFunction<T>(source: string): T {
  return new Function(`'use strict'; return ${source};`)() as T;
}

export function mustBeDefined<T>(value: T | undefined): T {
  assert(value !== undefined, 'the value is defined');
  return value;
}
