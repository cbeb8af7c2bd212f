// The name under which a regular output is written until it is complete.

export const PARTIAL_SUFFIX = '.partial';
