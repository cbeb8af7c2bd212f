// What to say of a text that the CEL library cannot parse: the library names its own tokens; what other
// languages write, and what word processors make of quotes and signs, is told as rules write it.

import { isCurrencyCode } from '../../domain/currencies.ts';
import { quote } from './problem.ts';

/** A sentence, and the stretch of the expression's text that it is about. */
export interface Mistake {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** Signs of other languages, and how rules write them; longer ones first. */
const SIGNS: readonly (readonly [sign: string, message: string])[] = [
  ['<>', '"<>" is written "!=".'],
  ['=~', '"=~" is written matches(text, "pattern").'],
  ['!~', '"!~" is written !matches(text, "pattern").'],
  ['=<', '"=<" is written "<=".'],
  ['=>', '"=>" is written ">=".'],
  ['=', 'Equality is written "==".'],
  ['&', '"and" is written "&&".'],
  ['|', '"or" is written "||".'],
  ['≠', '"≠" is written "!=".'],
  ['≥', '"≥" is written ">=".'],
  ['≤', '"≤" is written "<=".'],
];
const CURLY_QUOTES = /^[\u2018-\u201f\u00ab\u00bb]/;
const WORD = /^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*/u;
/** "not" before what begins here: the library takes it for a name. */
const NOT_BEFORE = /(?<![\w.])not\s+$/i;

/** @param start of what the library did not expect, up to `end` */
export function parseMistake(
  text: string,
  code: string,
  summary: string,
  start: number,
  end: number,
): Mistake {
  const not = NOT_BEFORE.exec(text.slice(0, start));
  if (not !== null) {
    const message = 'Write ! for not, before what it denies in parentheses: !(tx.amount > 5).';
    return { start: not.index, end: not.index + 3, message };
  }
  // The library reads the first sign as an operator and stops at the second.
  if (text.slice(start - 1, start + 1) === '<>') {
    return { start: start - 1, end: start + 1, message: '"<>" is written "!=".' };
  }
  return { start, end, message: parseSentence(text, code, summary, start) };
}

function unexpectedSentence(rest: string): string {
  const known = knownSentence(rest);
  if (known !== null) return known;
  const what = WORD.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return `Here ${quote(what)} is not expected: an operator or the end of the expression is.`;
}

/** Of what rules write in another way, or null. */
function knownSentence(rest: string): string | null {
  const sign = SIGNS.find(([one]) => rest.startsWith(one));
  if (sign !== undefined) return sign[1];
  if (CURLY_QUOTES.test(rest)) return `A text stands in straight quotes, "…" or '…'.`;
  const word = WORD.exec(rest)?.[0] ?? '';
  if (/^(and|or|not|is)$/i.test(word)) return 'Write && for and, || for or, ! for not, == for is.';
  if (/^like$/i.test(word)) {
    return 'Write startsWith, endsWith, contains or matches for like: contains(text, "part").';
  }
  if (isCurrencyCode(word) || /^\p{Sc}/u.test(rest)) {
    return "An amount is written without its currency, which is the file's.";
  }
  return null;
}

const TOKENS: ReadonlyMap<string, string> = new Map([
  ['EOF', 'the end of the expression'],
  ['RPAREN', '")"'],
  ['LPAREN', '"("'],
  ['RBRACKET', '"]"'],
  ['LBRACKET', '"["'],
  ['RBRACE', '"}"'],
  ['LBRACE', '"{"'],
  ['COLON', '":"'],
  ['COMMA', '","'],
  ['DOT', '"."'],
  ['QUESTION', '"?"'],
  ['IDENTIFIER', 'a name'],
  ['NUMBER', 'a number'],
  ['STRING', 'a text'],
  ['EQ', '"=="'],
  ['NE', '"!="'],
  ['LT', '"<"'],
  ['LE', '"<="'],
  ['GT', '">"'],
  ['GE', '">="'],
  ['AND', '"&&"'],
  ['OR', '"||"'],
  ['NOT', '"!"'],
  ['IN', '"in"'],
  ['PLUS', '"+"'],
  ['MINUS', '"-"'],
  ['MULTIPLY', '"*"'],
  ['DIVIDE', '"/"'],
  ['MODULO', '"%"'],
]);

function token(name: string): string {
  return TOKENS.get(name) ?? name.toLowerCase();
}

function parseSentence(text: string, code: string, summary: string, start: number): string {
  if (code === 'unexpected_character') return unexpectedSentence(text.slice(start));
  if (summary === 'Expected RBRACKET, got COMMA') {
    return 'Expected "]" here; a key of several parts is written with two brackets, name[[a, b]].column.';
  }
  const expected = /^Expected (\w+), got (\w+)$/.exec(summary);
  const known = expected?.[2] === 'IDENTIFIER' ? knownSentence(text.slice(start)) : null;
  if (known !== null) return known;
  if (expected !== null) {
    return `Expected ${token(expected[1] as string)} here but found ${token(expected[2] as string)}.`;
  }
  const unexpected = /^Unexpected token: (\w+)$/.exec(summary);
  if (unexpected !== null) {
    return `A value is expected here but ${token(unexpected[1] as string)} was found.`;
  }
  if (summary === 'Invalid number: Infinity') return 'The number is too large.';
  if (code === 'limit_exceeded') return 'The expression is too large or too deeply nested.';
  if (code === 'reserved_identifier') {
    return `${quote(summary.replace(/^.*: /, ''))} is a reserved word and cannot be a name.`;
  }
  if (code === 'unterminated_string') return 'The text that begins here has no closing quote.';
  return `The expression cannot be read: ${summary}.`;
}
