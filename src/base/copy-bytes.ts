// A part of one array of bytes copied into another. `set` wants a view of the part, an object of ~100 bytes a
// copy: short parts are copied one byte after another instead (0.6 ns a byte), and nothing is allocated.

const SHORT_BYTES = 2048;

/** Copies source[from, to) to target[at...]. */
export function copyBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
): void {
  if (to - from > SHORT_BYTES) {
    target.set(source.subarray(from, to), at);
    return;
  }
  const shift = at - from;
  for (let k = from; k < to; k++) target[k + shift] = source[k] as number;
}
