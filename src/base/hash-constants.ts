// The multipliers of base/hash.ts, for both compilers (see codec/assembly): whole 32-bit numbers, no more.

/** Of the two lanes: 0x9e3779b1 and 0x85ebca6b as signed words. */
export const LANE_A = -1640531535;
export const LANE_B = -2048144789;

/** Of mix32. */
export const MIX_A = 0x21f0aaad;
export const MIX_B = 0x735a2d97;
