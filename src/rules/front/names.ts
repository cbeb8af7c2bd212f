// What things that a file declares may be called: one truth for the checker and the JSON Schema.

/** A name that expressions can use. */
export const IDENTIFIER: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
export const REASON_CODE: RegExp = /^[A-Z][A-Z0-9_]{0,63}$/;

export const BUILT_IN_ENTITIES: readonly string[] = [
  'account',
  'merchant',
  'terminal',
  'ip',
  'device',
  'card',
  'paymentCode',
  'order',
  'operator',
];

/** The rules' own words, then CEL's. */
const RESERVED_TEXT =
  'tx payment of event prior true false null in has ' +
  'as break const continue else for function if import let loop package namespace return var ' +
  'void while __proto__ prototype cel';
/** Names of expressions that no file may declare. */
export const RESERVED_WORDS: readonly string[] = RESERVED_TEXT.split(' ');
/** Fields stand after `tx.`, where the other words are free. */
export const RESERVED_FIELDS: readonly string[] = ['__proto__', 'prototype'];

export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text);
}
