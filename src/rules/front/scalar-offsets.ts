// Where each character of a YAML scalar's value stands in the file, so that a place inside an
// expression is a line and column. Plain, quoted and block scalars differ from their source only in
// white space (folding, indentation) and, when quoted, in escapes: so the value is walked beside its
// source, white space is skipped on both sides, and the rest must match. Cost O(source length).

import type { ScalarNode } from './yaml-tree.ts';

/** Source offset of value[i] at [i]; one entry more for the end. */
export function scalarOffsets(node: ScalarNode): Int32Array {
  const { text: source } = node.file;
  const value = node.text;
  const offsets = new Int32Array(value.length + 1);
  let at = contentStart(node);
  let previousEnd = at;
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string;
    if (isSpace(char)) {
      // Points just after what came before: exact where the source has the same white space.
      offsets[i] = at;
      if (isSpace(source[at] ?? '')) at++;
      else if (node.style === 'double' && source[at] === '\\') at += escapeLength(source, at);
      previousEnd = at;
      continue;
    }
    while (at < node.end && isSpace(source[at] as string)) at++;
    if (node.style === 'double') at = skipLineContinuation(source, at);
    offsets[i] = at;
    at += sourceLength(node, source, at);
    // A pair of half surrogates from one \U escape stands at one place.
    if (at > node.end) at = node.end;
    previousEnd = at;
  }
  offsets[value.length] = previousEnd;
  return offsets;
}

function contentStart(node: ScalarNode): number {
  const { text } = node.file;
  if (node.style === 'plain') return node.start;
  if (node.style === 'single' || node.style === 'double') return node.start + 1;
  // Block scalar: the header (| or >, indicators, a comment) ends with its line.
  const lineEnd = text.indexOf('\n', node.start);
  return lineEnd === -1 || lineEnd > node.end ? node.end : lineEnd + 1;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

function sourceLength(node: ScalarNode, source: string, at: number): number {
  if (node.style === 'single' && source.startsWith("''", at)) return 2;
  if (node.style === 'double' && source[at] === '\\') return escapeLength(source, at);
  return 1;
}

function escapeLength(source: string, at: number): number {
  switch (source[at + 1]) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

/** A backslash at the end of a line in double quotes joins it with the next. */
function skipLineContinuation(source: string, at: number): number {
  let next = at;
  while (source[next] === '\\' && (source[next + 1] === '\n' || source[next + 1] === '\r')) {
    next++;
    while (isSpace(source[next] ?? '')) next++;
  }
  return next;
}
