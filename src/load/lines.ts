// The lines of a text file one by one, in constant memory.

import { createReadStream } from 'node:fs';
import { HoldfastError } from '../base/errors.ts';

/** Calls `each` with every line that is not empty, in constant memory. */
export async function eachLine(
  path: string,
  each: (line: string, number: number) => void,
): Promise<void> {
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of createReadStream(path, {
      encoding: 'utf8',
      highWaterMark: 1 << 20,
    })) {
      const text = rest + String(chunk);
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        if (end > start) each(text.slice(start, end), number);
        number++;
        start = end + 1;
      }
      rest = text.slice(start);
    }
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('IO_FAILED', `Cannot read "${path}": ${why}`, { path, cause });
  }
  if (rest !== '') each(rest, number);
}

/** The JSON object of a line; null where it is none. */
export function parseLine(line: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
