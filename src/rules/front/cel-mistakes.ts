// What to say of a text that the CEL library cannot parse: the library names its own tokens; what other
// languages write, and what word processors make of quotes and signs, is told as rules write it.

import { isCurrencyCode } from '../../domain/currencies.ts';
import { code as asCode, quote } from './problem.ts';

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

/** After digits: a window or a duration without its quotes. */
const UNIT = /^(?:ms|[smhd])(?![\w.])/;
const NUMBER_BEFORE = /(?<![\w.])\d{1,15}$/;
const NOT_IN = /^not\s+in(?!\w)/i;
/** What stands on both sides of `not in`, where it is one name or a list. */
const LEFT_OF_IN = /(?:^|[(&|?:])\s*([\w.]+)\s+$/;
const RIGHT_OF_IN = /^not\s+in\s+(\w+|\[[^[\]]*\])/i;
/** A list that begins in other brackets than its own, and how it goes on. */
const LIST_BEGIN = /(?<![\w.])in\s*([({][^(){}[\]]*)$/;
const LIST_END = /^[^(){}[\]]*[)}]/;
/** What the library says where it finds such a list. */
const IN_LIST = /^Expected (?:RPAREN|COLON), got (?:COMMA|RBRACE)$/;

/** @param start of what the library did not expect, up to `end` */
export function parseMistake(
  text: string,
  code: string,
  summary: string,
  start: number,
  end: number,
): Mistake {
  const before = text.slice(0, start);
  const around = mistakeAround(before, text.slice(start), summary);
  if (around !== null) return around;
  const not = NOT_BEFORE.exec(before);
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

/** Of what begins before the place at which the library stopped, or null. */
function mistakeAround(before: string, rest: string, summary: string): Mistake | null {
  const start = before.length;
  const unit = UNIT.exec(rest)?.[0];
  const number = unit === undefined ? null : NUMBER_BEFORE.exec(before);
  if (unit !== undefined && number !== null) {
    const message = `A window or a duration is a text: write "${number[0]}${unit}".`;
    return { start: number.index, end: start + unit.length, message };
  }
  const notIn = NOT_IN.exec(rest);
  if (notIn !== null) {
    const left = LEFT_OF_IN.exec(before)?.[1];
    const right = RIGHT_OF_IN.exec(rest)?.[1];
    const isPlain = left !== undefined && right !== undefined;
    const whole = isPlain
      ? `: ${asCode(`!(${left} in ${right})`)}`
      : ', as `!(tx.account in names)`';
    const message = `"not in" is written with ! before the whole in parentheses${whole}.`;
    return { start, end: start + notIn[0].length, message };
  }
  const begin = IN_LIST.test(summary) ? LIST_BEGIN.exec(before)?.[1] : undefined;
  if (begin === undefined) return null;
  const end = LIST_END.exec(rest)?.[0];
  const inside = end === undefined ? '"a", "b"' : `${begin}${end}`.slice(1, -1).trim();
  const message = `A list stands in square brackets: write ${asCode(`[${inside}]`)}.`;
  return { start: start - begin.length, end: start + (end?.length ?? 1), message };
}

/** Of a letter that no name has, or of a blank that is none; or null. */
function strangeSentence(char: string): string | null {
  if (char === '\u00a0') return 'A no-break space stands here: write an ordinary blank.';
  const point = `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/^[\p{Z}\p{Cf}]/u.test(char)) {
    return `A character that looks like a blank or like nothing, ${point}, stands here: leave it away.`;
  }
  // Letters that look like Latin ones.
  const names = 'names have the letters A to Z and a to z, digits and _ only';
  if (/^\p{Script=Cyrillic}/u.test(char)) return `${quote(char)} is a Cyrillic letter: ${names}.`;
  if (/^\p{Script=Greek}/u.test(char)) return `${quote(char)} is a Greek letter: ${names}.`;
  if (!/^(?![a-z])\p{L}/iu.test(char)) return null;
  return `${quote(char)} stands in no name: ${names}; a text stands in quotes.`;
}

function unexpectedSentence(rest: string): string {
  const known = knownSentence(rest);
  if (known !== null) return known;
  const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  const strange = strangeSentence(char);
  if (strange !== null) return strange;
  const what = WORD.exec(rest)?.[0] ?? char;
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
  if (code === 'invalid_escape_sequence') {
    const escape = /\\\S+$/.exec(summary)?.[0];
    if (escape !== undefined) {
      return `${asCode(escape)} is no escape: in a text a backslash is written twice, ${asCode(`\\${escape}`)}.`;
    }
  }
  if (code === 'unterminated_string') return 'The text that begins here has no closing quote.';
  return `The expression cannot be read: ${summary}.`;
}
