// NDJSON as values: decisions and dead letters for those who call the engine as a library.

/** Appends each line's value. */
export function parseLines(bytes: Uint8Array, into: unknown[]): void {
  if (bytes.length === 0) return;
  // Shared memory is copied: TextDecoder takes none.
  const text = Buffer.from(bytes).toString('utf8');
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    into.push(JSON.parse(text.slice(from, end)) as unknown);
    from = end + 1;
  }
}
