// One expression's text, parsed by the CEL library into a tree with positions, and the way back
// from positions to places in the file. Nothing of the library but its parser is used. Bounds keep
// its recursive descent off the end of the stack.

import type { ASTNode } from '@marcbachmann/cel-js';
import { Environment } from '@marcbachmann/cel-js';
import { parseMistake } from './cel-mistakes.ts';
import type { Problems } from './problem.ts';
import { scalarOffsets } from './scalar-offsets.ts';
import type { Span } from './source-file.ts';
import type { ScalarNode } from './yaml-tree.ts';

export type { ASTNode } from '@marcbachmann/cel-js';

export const EXPRESSION_LENGTH_MAX = 16_384;
const PARSE_DEPTH_MAX = 64;
const PREFIX_RUN_MAX = 64;
/** A text in quotes (three of them, raw, or with escapes), or white space outside of one. */
const QUOTED_OR_SPACE =
  /("""[^]*?"""|'''[^]*?'''|[rR](?:"[^"]*"|'[^']*')|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\s+/g;

const environment = new Environment({
  limits: {
    maxDepth: PARSE_DEPTH_MAX,
    maxAstNodes: 10_000,
    maxListElements: 1000,
    maxCallArguments: 32,
  },
});

export class CelSource {
  readonly node: ScalarNode;
  readonly text: string;
  #offsets: Int32Array | null = null;

  constructor(node: ScalarNode) {
    this.node = node;
    this.text = node.text;
  }

  /** Place in the file of [start, end) of the expression's text. */
  span(start: number, end: number): Span {
    this.#offsets ??= scalarOffsets(this.node);
    const last = this.text.length;
    const from = this.#offsets[Math.min(start, last)] as number;
    const to = this.#offsets[Math.min(Math.max(end - 1, start), last)] as number;
    const { file, path, rule } = this.node;
    return { file, start: from, end: Math.max(from + 1, to + 1), path, rule };
  }

  /** A node's text as written, on one line, but for what stands in quotes; with the parentheses that belong to it. */
  textOf(node: ASTNode): string {
    const [start, end] = balanced(this.text, node.start, node.end);
    return this.text
      .slice(start, end)
      .replace(QUOTED_OR_SPACE, (_, quoted?: string) => quoted ?? ' ');
  }
}

/** A text as it is written, in quotes. */
export function isText(ast: ASTNode): boolean {
  return ast.op === 'value' && typeof ast.args === 'string';
}

/** Parses, or reports why not and returns null. */
export function parseCel(source: CelSource, problems: Problems): ASTNode | null {
  const { text, node } = source;
  if (text.trim() === '') return problems.error(node, 'An expression is expected here.');
  if (text.length > EXPRESSION_LENGTH_MAX) {
    return problems.error(
      node,
      `The expression has ${text.length} characters; at most ${EXPRESSION_LENGTH_MAX} are allowed. Split it with "let".`,
    );
  }
  const run = prefixRun(text);
  if (run !== -1) {
    const span = source.span(run, run + 1);
    return problems.error(span, `More than ${PREFIX_RUN_MAX} of ! or - in a row are not allowed.`);
  }
  try {
    return environment.parse(text).ast;
  } catch (error) {
    return reportParseError(source, error, problems);
  }
}

/** Offset where a too long run of prefix operators ends, or -1. */
function prefixRun(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '!' || char === '-') {
      if (++length > PREFIX_RUN_MAX) return i;
    } else if (char !== ' ' && char !== '\n' && char !== '\t' && char !== '\r') length = 0;
  }
  return -1;
}

interface CelErrorShape {
  readonly code?: unknown;
  readonly summary?: unknown;
  readonly range?: { readonly start: number; readonly end: number };
}

function reportParseError(source: CelSource, error: unknown, problems: Problems): null {
  const { code, summary, range } = error as CelErrorShape;
  if (typeof summary !== 'string') {
    return problems.error(source.node, 'The expression is too deeply nested to be read.');
  }
  const from = range?.start ?? 0;
  const to = Math.max(range?.end ?? from + 1, from + 1);
  const { start, end, message } = parseMistake(source.text, String(code), summary, from, to);
  return problems.error(source.span(start, end), message);
}

/**
 * Widens [start, end) so that its parentheses balance: the parser's nodes leave out parentheses
 * around their first or last operand.
 */
function balanced(text: string, start: number, end: number): [number, number] {
  let open = 0;
  let missing = 0;
  for (let i = start; i < end; i++) {
    const char = text[i] as string;
    if (char === '"' || char === "'") i = stringEnd(text, i, end);
    else if (char === '(') open++;
    else if (char === ')' && open > 0) open--;
    else if (char === ')') missing++;
  }
  let from = start;
  for (; missing > 0 && from > 0; from--) if (text[from - 1] === '(') missing--;
  let to = end;
  for (; open > 0 && to < text.length; to++) if (text[to] === ')') open--;
  return [from, to];
}

function stringEnd(text: string, start: number, end: number): number {
  const delimiter = text[start] as string;
  let i = start + 1;
  while (i < end && text[i] !== delimiter) i += text[i] === '\\' ? 2 : 1;
  return i;
}
