// Dotted versions, "3.2.10": compared part by part as whole numbers of any length; a missing part
// counts as 0, so 3.2 equals 3.2.0. Anything but digits between single dots is malformed, and a
// malformed version is missing. Cost: linear in the bytes, nothing allocated.

const DOT = 46;

export function isVersion(a: Uint8Array, start: number, length: number): boolean {
  if (length <= 0) return false;
  let isAfterDot = true;
  for (let i = 0; i < length; i++) {
    const x = a[start + i] as number;
    if (x === DOT) {
      if (isAfterDot) return false;
      isAfterDot = true;
    } else {
      if (x < 48 || x > 57) return false;
      isAfterDot = false;
    }
  }
  return !isAfterDot;
}

function partEnd(a: Uint8Array, at: number, end: number): number {
  while (at < end && a[at] !== DOT) at++;
  return at;
}

function skipZeros(a: Uint8Array, at: number, end: number): number {
  while (at < end && a[at] === 48) at++;
  return at;
}

/** -1, 0 or 1 of two well-formed versions. */
export function compareVersions(
  a: Uint8Array,
  aStart: number,
  aLength: number,
  b: Uint8Array,
  bStart: number,
  bLength: number,
): number {
  const aEnd = aStart + aLength;
  const bEnd = bStart + bLength;
  let i = aStart;
  let j = bStart;
  while (i < aEnd || j < bEnd) {
    const iEnd = partEnd(a, i, aEnd);
    const jEnd = partEnd(b, j, bEnd);
    // Without leading zeros the longer number is the greater; equal lengths compare by digits.
    i = skipZeros(a, i, iEnd);
    j = skipZeros(b, j, jEnd);
    if (iEnd - i !== jEnd - j) return iEnd - i < jEnd - j ? -1 : 1;
    for (; i < iEnd; i++, j++) {
      const x = a[i] as number;
      const y = b[j] as number;
      if (x !== y) return x < y ? -1 : 1;
    }
    i = iEnd < aEnd ? iEnd + 1 : aEnd;
    j = jEnd < bEnd ? jEnd + 1 : bEnd;
  }
  return 0;
}
