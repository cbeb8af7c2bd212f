// What can be wrong with one row of input. Bad input is a value: the row goes to the dead letters
// with its bytes, its position and one of these, and the stream goes on.

export const INPUT_ERRORS = [
  { code: 'BAD_JSON', sentence: 'not well-formed JSON' },
  { code: 'BAD_MSGPACK', sentence: 'not well-formed msgpack' },
  {
    code: 'BAD_UTF8',
    sentence: 'a string is not valid UTF-8, or an escape is half a surrogate pair',
  },
  { code: 'TRUNCATED_ROW', sentence: 'the input ends in the middle of the row' },
  { code: 'NOT_A_MAP', sentence: 'a transaction is one JSON object or one msgpack map' },
  { code: 'ROW_TOO_LONG', sentence: 'a row is at most 64 KiB' },
  { code: 'TOO_DEEP', sentence: 'nesting is at most 32' },
  { code: 'MISSING_KEY', sentence: 'a key that rows of this kind need is missing' },
  { code: 'WRONG_TYPE', sentence: 'a value has another type than its key' },
  { code: 'BAD_VALUE', sentence: 'a value is outside what its key allows' },
  { code: 'STRING_TOO_LONG', sentence: 'a string is longer than its key allows' },
  { code: 'TIME_AHEAD', sentence: "the time is further past the source's stamp than aheadMax" },
  { code: 'KEY_MISMATCH', sentence: "the record's key is not the transaction's account" },
] as const;

export type InputErrorCode = (typeof INPUT_ERRORS)[number]['code'];

/** Number of an error, as it stands in a row record. */
export function inputErrorNumber(code: InputErrorCode): number {
  return INPUT_ERRORS.findIndex((error) => error.code === code);
}
