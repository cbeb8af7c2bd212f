// What to say of a file that the YAML library cannot read, and where.

import type { Document } from 'yaml';
import { isCollection, visit } from 'yaml';
import type { Problems } from './problem.ts';
import { lineText, placeOf } from './source-file.ts';
import type { SourceFile, Span } from './source-file.ts';
import type { LayoutFault } from './yaml-layout.ts';
import { COLON_IN_VALUE, findLayoutFault } from './yaml-layout.ts';

/** Codes of the library for lines that stand wrong, among other mistakes. */
const LAYOUT_CODES: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'UNEXPECTED_TOKEN',
]);

/** The first of each line: the others follow from it. After a line that stands wrong all do. */
export function reportYaml(file: SourceFile, document: Document.Parsed, problems: Problems): void {
  const lines = new Set<number>();
  let layout: LayoutFault | null | undefined;
  for (const { pos, message, code } of [...document.errors, ...document.warnings]) {
    const { line } = placeOf(file, pos[0]);
    if (lines.has(line)) continue;
    lines.add(line);
    if (/^Missing closing ["']quote/.test(message)) {
      // The library tells the end of the file, where nothing is to be seen.
      const start = lastQuote(document);
      problems.error(spanOf(file, start, start + 1), 'The quote that opens here is never closed.');
      continue;
    }
    if (isSecondValue(file, document, pos[0], code)) {
      const what = 'A second value begins here: this is no rules file, which is one map of keys.';
      problems.error(spanOf(file, pos[0], pos[1]), what);
      return;
    }
    if (LAYOUT_CODES.has(code)) {
      layout ??= findLayoutFault(file.text);
      if (layout !== null && layout.from <= line && line <= layout.line) {
        const lineStart = file.lineStarts[layout.line - 1] as number;
        const span = spanOf(file, lineStart + layout.start, lineStart + layout.end);
        problems.error(span, `The YAML is not well-formed: ${layout.message}`);
        return;
      }
    }
    const sentence = yamlSentence(code, message, lineText(file, line));
    problems.error(spanOf(file, pos[0], pos[1]), sentence);
    if (code === 'TAB_AS_INDENT') return;
  }
}

/** JSON, one value a line: what is given as input is easily named as the rules. */
function isSecondValue(
  file: SourceFile,
  { contents }: Document.Parsed,
  at: number,
  code: string,
): boolean {
  if (code !== 'UNEXPECTED_TOKEN' || !isCollection(contents) || contents.flow !== true)
    return false;
  return at >= contents.range[1] && /[{[]/.test(file.text[at] ?? '');
}

/** Where the last text in quotes begins: one that is not closed goes to the end of the file. */
function lastQuote(document: Document.Parsed): number {
  let last = 0;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE') return;
      last = Math.max(last, range?.[0] ?? 0);
    },
  });
  return last;
}

export function spanOf(file: SourceFile, start: number, end: number): Span {
  return { file, start, end: Math.max(end, start + 1), path: '', rule: null };
}

/** A line of its own, `key: value`, whose value begins as something else than a plain text. */
const HALF_QUOTED = /^\s*(?:-\s+)?[\w-]+:\s+[!"'&*[]/;

/** A line of its own, `key: value`, whose value has a colon and a blank in it. */
const HAS_COLON = /^\s*(?:-\s+)*[^\s:]+\s*:\s.*:(?:\s|$)/;

function yamlSentence(code: string, message: string, line: string): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'One document a file: here another begins, which would not be read.';
    case 'TAG_RESOLVE_FAILED':
      return 'Tags (words that begin with !) are not allowed; quote a text that begins with !, such as a condition.';
    case 'RESOURCE_EXHAUSTION':
      return 'The YAML is nested too deeply.';
    case 'UNEXPECTED_TOKEN':
      if (HALF_QUOTED.test(line)) {
        return `The YAML is not well-formed here: a value that begins with a quote, a bracket or "!" must be quoted as a whole, such as '!(tx.amount > 5)'.`;
      }
      return 'The YAML is not well-formed here: between { } a value with brackets or commas must be quoted, or the rule written on lines of its own.';
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (!HAS_COLON.test(line)) {
        return 'The YAML is not well-formed here: keys that belong together must begin in the same column, and a value that contains ": " must be quoted.';
      }
      return `The YAML is not well-formed: ${COLON_IN_VALUE}`;
    case 'MULTILINE_IMPLICIT_KEY':
      return 'The YAML is not well-formed here: a key, its colon and a blank are expected on one line.';
    default:
      return `The YAML is not well-formed: ${message.split('\n')[0]}.`;
  }
}
