// A scenario's file with its `expect` written anew from what the engine said. The story above it stays
// as its author wrote it; `expect` is the last key, so what stands below it is replaced.

import { Document, isSeq } from 'yaml';
import type { WrittenRecord } from './scenario-file.ts';

/** Lists that stand on one line. */
const SHORT_LISTS = [['allow'], ['reversal', 'queryFirst']];
const EXPECT = /^expect:.*$/m;

export function withExpectation(text: string, records: readonly WrittenRecord[]): string {
  const at = text.search(EXPECT);
  const story = at < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, at);
  return `${story}${expectText(records)}`;
}

export function expectText(records: readonly WrittenRecord[]): string {
  const document = new Document({ expect: records });
  for (let i = 0; i < records.length; i++) {
    for (const path of SHORT_LISTS) {
      const list = document.getIn(['expect', i, ...path], true);
      if (isSeq(list)) list.flow = true;
    }
  }
  return document.toString({ lineWidth: 0, singleQuote: true });
}
