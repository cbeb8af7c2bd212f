// The area of memory that a decoder's WebAssembly code works in, beside the rows' bytes and records: who
// writes it is decode-area.ts, who reads it the code of this folder. Compiled by both compilers, so
// that every offset is written once: whole numbers only, and no imports. Offsets are in bytes.
//
//   head | spans of some rows | block of each field | enum values | powers, masks, needed fields, money

/** Rows whose spans fit: the most that one call decodes. */
export const SPAN_ROWS = 256;

// The head: constants and addresses. The last words are what calls back to JavaScript leave.
export const HEAD_SEED = 0; // 8 bytes: the hash key
export const HEAD_BLOCKS = 8; // address of the first field's block
export const HEAD_FIRST = 12; // of the block whose `next` is a row's first field
export const HEAD_KIND = 16; // of the block of `kind`
export const HEAD_POWERS = 24; // doubles 10^0 to 10^15
export const HEAD_MASKS = 28; // 16 bytes by n: the first n of them set
export const HEAD_NEEDED = 32; // 8 bytes a kind: bits of the fields that it needs
export const HEAD_STRIDE = 36; // of records
export const HEAD_READ = 40; // 8 bytes: bits of fields with a slot of their own, but time
export const HEAD_MONEY = 48; // address of pairs of slots, from and to
export const HEAD_MONEY_COUNT = 52;
export const HEAD_CURRENCY_SLOT = 56;
export const HEAD_CONVERTS = 60; // 1: money of other currencies is converted
export const HEAD_OWN_CURRENCY = 64; // 8 bytes: hash of the plan's
export const HEAD_SPANS = 72;
export const HEAD_UNKNOWN_KEYS = 76; // counted up
export const HEAD_CURSOR = 80;
export const HEAD_STRING_OFFSET = 84;
export const HEAD_STRING_LENGTH = 88;
export const HEAD_NUMBER = 96; // double
export const HEAD_BYTES = 128;

// A field's block: all that the loop needs of it, in two cache lines.
export const BLOCK_CLASS = 0;
export const BLOCK_SLOT = 4; // in the record
export const BLOCK_BYTES_MAX = 8;
export const BLOCK_ENUM_END = 12;
export const BLOCK_SALT = 16; // 8 bytes
export const BLOCK_BIT = 24; // 8 bytes
export const BLOCK_NEXT = 32; // address of the block of the field that comes next
export const BLOCK_KEY_BYTES = 36; // of the pattern; KEY_NEVER where the key cannot be predicted
export const BLOCK_ENUM_AT = 40; // address of the value that came last
export const BLOCK_ENUM_START = 44;
export const BLOCK_KEY_MASK = 48; // 16 bytes: which of the key's first ones count
export const BLOCK_KEY = 64; // the key as it stands in the bytes
export const BLOCK_KEY_BYTES_MAX = 64;
export const BLOCK_BYTES = 128;
/** More than any row has. */
export const KEY_NEVER = 0x10000000;

// What a value must be, in an order that the loops compare by.
export const CLASS_STRING = 0;
export const CLASS_ENUM = 1;
export const CLASS_INTEGER = 2;
export const CLASS_TIME = 3;
export const CLASS_LATITUDE = 4;
export const CLASS_LONGITUDE = 5;
export const CLASS_NUMBER = 6;
export const CLASS_BOOLEAN = 7;
export const CLASS_UNKNOWN = 8;
