// Shards: state is split by the lowest bits of a key's hash, and each shard has one worker that owns it.
// Fixed, so that limits (which count a shard) and what leaves at them do not hang on how many workers run.

export const SHARD_BITS = 4;
export const SHARDS: number = 1 << SHARD_BITS;
