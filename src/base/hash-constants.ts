// The odd multipliers of base/hash.ts as halves of 32 bits, low and high, for both compilers (see
// codec/assembly): whole numbers, no more.

/** 0x9e3779b97f4a7c15, 2^64 by the golden ratio: of a step over 8 bytes. */
export const STEP_LO = 0x7f4a7c15;
export const STEP_HI = -1640531527;

/** 0xd6e8feb86659fd93, of the last mix. */
export const MIX_LO = 0x6659fd93;
export const MIX_HI = -689373512;
