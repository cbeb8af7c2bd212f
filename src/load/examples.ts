// Which decisions the summary shows in full, and their transactions: one hold, one reverse and an
// amendment by what came later, or one with several reasons where nothing was amended. A few candidates are kept while decisions stream by; the rows are then
// looked up in the input file in one pass over its bytes.

import { open } from 'node:fs/promises';
import { HoldfastError } from '../base/errors.ts';
import type { Decision } from '../domain/decision.ts';
import type { ExplainedDecision } from './explain-decision.ts';
import { parseLine } from './lines.ts';

const CHUNK_BYTES = 1 << 22;

export class ExamplePicker {
  #hold: Decision | null = null;
  #reverse: Decision | null = null;
  #amendment: Decision | null = null;
  #rich: Decision | null = null;

  /** Offer every decision that is not `allow`, in stream order. */
  offer(decision: Decision): void {
    if (decision.cause !== undefined) {
      if (tells(decision) > tells(this.#amendment)) this.#amendment = decision;
      return;
    }
    // What comes late in the stream has full windows behind it, and more to tell.
    if (decision.outcome === 'hold' && hasWindow(decision)) this.#hold = decision;
    else if (decision.outcome === 'hold') this.#hold ??= decision;
    if (decision.outcome === 'reverse') this.#reverse ??= decision;
    if (ruleCount(decision) > ruleCount(this.#rich)) this.#rich = decision;
  }

  /** At most three, no one twice. */
  picked(): readonly Decision[] {
    const all = [this.#hold, this.#reverse, this.#amendment ?? this.#rich];
    return [...new Set(all)].filter((decision) => decision !== null);
  }
}

/** What a row has caused tells more than that time has passed; a rule's values more than its name. */
function tells(decision: Decision | null): number {
  if (decision === null) return 0;
  const compared = decision.evidence?.at(-1)?.compared?.length ?? 0;
  const isCaused = decision.causedBy !== undefined && decision.cause !== 'release';
  return 1 + (isCaused ? 100 : 0) + Math.min(4, compared);
}

function ruleCount(decision: Decision | null): number {
  return decision?.evidence?.length ?? 0;
}

/** Something was counted or measured over earlier rows. */
function hasWindow(decision: Decision): boolean {
  const compared = decision.evidence?.[0]?.compared ?? [];
  return compared.some(({ what }) => /\.(?:count|sum|speedKmh|distinct)\(/.test(what));
}

/**
 * The rows of `decisions` in an NDJSON file, in the decisions' order. Cost: one read of the file up
 * to the last of them. Throws HoldfastError IO_FAILED when it cannot be read.
 */
export async function findTransactions(
  path: string,
  decisions: readonly Decision[],
): Promise<readonly ExplainedDecision[]> {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  const needles = decisions.map(({ transactionId }) => ({
    transactionId,
    bytes: Buffer.from(JSON.stringify(transactionId)),
  }));
  try {
    const file = await open(path, 'r');
    try {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      let kept = 0;
      while (found.size < needles.length) {
        const { bytesRead } = await file.read(chunk, kept, chunk.length - kept);
        const end = kept + bytesRead;
        for (const { transactionId, bytes } of needles) {
          const row = found.has(transactionId)
            ? null
            : rowIn(chunk.subarray(0, end), transactionId, bytes);
          if (row !== null) found.set(transactionId, row);
        }
        if (bytesRead === 0) break;
        // The last, unfinished line is looked at again with what follows it.
        const lineStart = chunk.lastIndexOf(0x0a, end - 1) + 1;
        kept = lineStart === 0 && end === chunk.length ? 0 : end - lineStart;
        chunk.copyWithin(0, lineStart, end);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('IO_FAILED', `Cannot read "${path}": ${why}`, { path, cause });
  }
  return decisions.map((decision) => ({
    decision,
    transaction: found.get(decision.transactionId) ?? null,
  }));
}

/** The row with that id among the whole lines of `bytes`; the id may also stand in other rows' `of`. */
function rowIn(
  bytes: Buffer,
  transactionId: string,
  needle: Buffer,
): Readonly<Record<string, unknown>> | null {
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
    const start = bytes.lastIndexOf(0x0a, at) + 1;
    const end = bytes.indexOf(0x0a, at);
    const row = parseLine(bytes.toString('utf8', start, end < 0 ? bytes.length : end));
    if (row?.['id'] === transactionId) return row;
  }
  return null;
}
