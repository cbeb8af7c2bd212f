// Byte offsets of a record's fixed part that the loops write, as ROW of domain/row-layout.ts has them, and
// what they need to know of kinds; a test holds all equal. Time stands at a field's slot.

export const ROW_FLAGS = 16;
export const ROW_KIND = 20;
export const ROW_BYTES_OFFSET = 24;
export const ROW_BYTES_LENGTH = 28;
export const ROW_CONTENT_LO = 32;
export const ROW_CONTENT_HI = 36;
export const ROW_ERROR_CODE = 40;
export const ROW_ERROR_FIELD = 44;
export const ROW_ERROR_AT = 48;
export const ROW_REPEAT_ROW = 52;
export const ROW_REVISION = 56;
export const ROW_VERDICT = 60;

export const FLAG_DECIDED = 2;
export const DECIDED_KIND_COUNT = 3;
