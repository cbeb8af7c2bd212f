// What a model decides, as the wire has it: infinity is a text, keys that are undefined are not there.

export function asWritten(value: unknown): unknown {
  if (value === undefined) return undefined;
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      part === Infinity ? 'infinity' : part === -Infinity ? '-infinity' : part,
    ),
  );
}
