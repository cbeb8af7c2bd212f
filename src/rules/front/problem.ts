// What is wrong with a rules file, as a value: where, in which rule, a sentence, and how to show it.
// All problems are collected and reported at once. Text from the file that stands in a message is
// quoted and cut, and control characters are made visible: a rules file cannot write to a terminal.
// Card numbers in it are masked, before anything is cut: at equal length, so carets stay in place.

import { maskText } from '../../domain/card-numbers.ts';
import { lineText, placeOf } from './source-file.ts';
import type { Span } from './source-file.ts';

export interface RulesProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly rule: string | null;
  /** A whole sentence. */
  readonly message: string;
  readonly sourceLine: string;
  /** Caret width in characters, at least 1. */
  readonly length: number;
  /** Nearest name that exists. */
  readonly suggestion: string | null;
  /** `rules[3].when` */
  readonly path: string;
}

/** More would not be read; the rest is counted. */
export const PROBLEMS_MAX = 200;
const QUOTE_LENGTH_MAX = 80;
const SHOWN_LINE_MAX = 160;

export class Problems {
  readonly errors: RulesProblem[] = [];
  readonly warnings: RulesProblem[] = [];
  #errorCount = 0;

  get errorCount(): number {
    return this.#errorCount;
  }

  error(span: Span, message: string, suggestion: string | null = null): null {
    this.#errorCount++;
    if (this.errors.length <= PROBLEMS_MAX) this.#add(makeProblem(span, message, suggestion));
    return null;
  }

  /** Adds what was found apart, in a file of which it had to be seen first whether it counts. */
  addAll(others: Problems): void {
    this.#errorCount += others.errorCount;
    for (const problem of others.errors) this.#add(problem);
    this.warnings.push(...others.warnings.slice(0, PROBLEMS_MAX - this.warnings.length));
  }

  warning(span: Span, message: string): void {
    if (this.warnings.length < PROBLEMS_MAX) this.warnings.push(makeProblem(span, message, null));
  }

  #add(problem: RulesProblem): void {
    if (this.errors.length < PROBLEMS_MAX) this.errors.push(problem);
    else if (this.errors.length === PROBLEMS_MAX) {
      const message = `There are more than ${PROBLEMS_MAX} problems: the rest are not shown.`;
      this.errors.push({ ...problem, message, suggestion: null });
    }
  }
}

function makeProblem(span: Span, message: string, suggestion: string | null): RulesProblem {
  const place = placeOf(span.file, span.start);
  const sourceLine = lineText(span.file, place.line);
  const lineLeft = sourceLine.length - (place.column - 1);
  return {
    ...place,
    rule: span.rule,
    // Some sentences are a library's, with text of the file in it.
    message: visible(maskText(message)),
    sourceLine: maskText(sourceLine),
    length: Math.max(1, Math.min(span.end - span.start, lineLeft)),
    suggestion,
    path: span.path,
  };
}

/** `file:line:col: rule "x": sentence`, the source line, carets, and the near miss. */
export function formatProblem(problem: RulesProblem): string {
  const rule = problem.rule === null ? '' : `rule ${quote(problem.rule)}: `;
  const head = `${visible(problem.file)}:${problem.line}:${problem.column}: ${rule}${problem.message}`;
  const lines = [head, ...sourceLines(problem)];
  if (problem.suggestion !== null) lines.push(`  did you mean ${quote(problem.suggestion)}?`);
  return lines.join('\n');
}

function sourceLines(problem: RulesProblem): string[] {
  if (problem.sourceLine === '') return [];
  const caret = problem.column - 1;
  // A long line is shown around the caret.
  const from = caret > SHOWN_LINE_MAX - 40 ? caret - 40 : 0;
  const shown = problem.sourceLine.slice(from, from + SHOWN_LINE_MAX);
  const pad = shown.slice(0, caret - from).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(problem.length, shown.length - (caret - from)));
  return [`  ${visible(shown)}`, `  ${pad}${'^'.repeat(width)}`];
}

/** Control and invisible characters, half surrogates and line separators as one visible one. */
export function visible(text: string): string {
  // Cc control, Cf format (direction, zero width), Cs half surrogates, Zl and Zp separators.
  return text.replace(/[^\P{Cc}\t]|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/gu, '\ufffd');
}

/** Text of the file, quoted and cut for a message. */
export function quote(text: string): string {
  const masked = maskText(text);
  const cut = masked.length > QUOTE_LENGTH_MAX ? `${masked.slice(0, QUOTE_LENGTH_MAX)}…` : masked;
  return `"${visible(cut.replaceAll('\t', ' '))}"`;
}

/** An expression of the file, cut, in backticks: it may hold quotes itself. */
export function code(text: string): string {
  return `\`${quote(text).slice(1, -1)}\``;
}
