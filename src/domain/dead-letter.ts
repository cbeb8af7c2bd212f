// A row that could not be read, with all that a person needs to find and mend it. Written as NDJSON
// by codec/dead-letter.ts.

import type { InputErrorCode } from './input-error.ts';

export interface DeadLetter {
  /** Number of the row in its source, from 0, and where it begins there. */
  readonly row: number;
  readonly byte: number;
  readonly source: string;
  readonly code: InputErrorCode;
  /** A sentence on what is wrong and what was expected; no byte of the row is in it. */
  readonly message: string;
  /** Key that it is about. */
  readonly field?: string;
  /** Byte within the row where it was noticed. */
  readonly at: number;
  /** Where it could be read. */
  readonly id?: string;
  /**
   * The row, of one that is too long its first 64 KiB, card numbers masked: as text where it is valid
   * UTF-8, else as base64.
   */
  readonly bytes?: string;
  readonly base64?: string;
  readonly masked?: true;
}
