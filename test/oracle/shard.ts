// Limits are a shard: which one an id belongs to.

import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';

export function shardOf(id: string): number {
  return hashString(id, DEFAULT_HASH_KEY)[0] & 15;
}
