// The window of a feature: "10m", or "day" and "month" from local midnight.

import type { FeatureWindow } from '../../../domain/plan.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { isText } from '../cel-source.ts';
import { code } from '../problem.ts';
import { DURATION_UNITS, formatDuration, isDurationForm, parseDuration } from '../units.ts';
import type { Checker } from './checker.ts';

export const WINDOW_MS_MAX: number = 400 * 86_400_000;

const WINDOW_FORM = 'A window is a text such as "10m", "24h", "30d", "day" or "month"';

/** @param more what stands after it: a window among that should stand first */
export function checkWindow(
  checker: Checker,
  ast: ASTNode,
  more: readonly ASTNode[],
): FeatureWindow | null {
  if (ast.op === 'id' && (ast.args === 'day' || ast.args === 'month')) {
    const isNamed = checker.scope.names.has(ast.args);
    if (!isNamed) return checker.error(ast, `A window is a text: write "${ast.args}".`);
  }
  const form = more.some(isText) ? `${WINDOW_FORM} and comes first` : WINDOW_FORM;
  if (checker.isBoolean(ast)) {
    return checker.error(ast, `${form}; ${code(checker.source.textOf(ast))} is not.`);
  }
  const value = checker.value(ast);
  if (value === null) return null;
  const { expression } = value;
  if (expression.op === 'number' && expression.type === 'duration') {
    return windowOf(checker, ast, expression.value, expression.text);
  }
  if (expression.op !== 'string') {
    return checker.error(ast, `${form}; ${code(expression.text)} is not.`);
  }
  const text = expression.value;
  if (text === 'day' || text === 'month') return { kind: text };
  const ms = parseDuration(text);
  // More than can be counted in ms.
  if (ms === null && isDurationForm(text)) return windowOf(checker, ast, Infinity, text);
  if (ms === null) {
    return checker.error(
      ast,
      `${code(text)} is no window: a whole number and a unit (${DURATION_UNITS}), "day" or "month".`,
      nearMiss(text, ['day', 'month']),
    );
  }
  return windowOf(checker, ast, ms, text);
}

function windowOf(checker: Checker, ast: ASTNode, ms: number, text: string): FeatureWindow | null {
  if (ms <= 0)
    return checker.error(ast, `A window must be longer than nothing, not ${code(text)}.`);
  if (ms > WINDOW_MS_MAX) {
    return checker.error(
      ast,
      `A window is at most ${formatDuration(WINDOW_MS_MAX)} long, not ${code(text)}.`,
    );
  }
  return { kind: 'length', ms };
}

export function windowText(window: FeatureWindow): string {
  return window.kind === 'length' ? formatDuration(window.ms) : window.kind;
}
