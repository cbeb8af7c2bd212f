// A scenario's file with its `expect` written anew from what the engine said. The story above it stays
// as its author wrote it; `expect` is the last key, so what stands below it is replaced.

import { stringify } from 'yaml';
import type { WrittenRecord } from './scenario-file.ts';

const EXPECT = /^expect:.*$/m;

export function withExpectation(text: string, records: readonly WrittenRecord[]): string {
  const at = text.search(EXPECT);
  const story = at < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, at);
  return `${story}${expectText(records)}`;
}

export function expectText(records: readonly WrittenRecord[]): string {
  return stringify({ expect: records }, { lineWidth: 0, singleQuote: true });
}
