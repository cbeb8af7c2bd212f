// Reading files for the rules through an injected reader, decoding them as UTF-8, and saying in
// words why one cannot be read.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';

/** Bytes of a file; throws where it cannot be read, or has more than `bytesMax`. */
export type ReadFile = (path: string, bytesMax: number) => Uint8Array;

export const RULES_BYTES_MAX: number = 4 * 1024 * 1024;
export const CSV_BYTES_MAX: number = 256 * 1024 * 1024;

export type ReadText =
  | { readonly ok: true; readonly text: string }
  /** `reason` ends the sentence "The file x ...". */
  | { readonly ok: false; readonly reason: string; readonly unreadable: boolean };

class TooLarge extends Error {}

/** What a pipe or device is first given room for; a regular file gets its own size. */
const ROOM_BYTES = 64 * 1024;

export function readFileFromDisk(path: string, bytesMax: number): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const stat = fstatSync(fd);
    if (stat.isFile() && stat.size > bytesMax) throw new TooLarge();
    return readAtMost(fd, bytesMax, stat.isFile() ? stat.size + 1 : ROOM_BYTES);
  } finally {
    closeSync(fd);
  }
}

/** To the end, which a device may not have: one byte over the limit says enough. */
function readAtMost(fd: number, bytesMax: number, room: number): Uint8Array {
  let bytes = Buffer.allocUnsafe(Math.min(room, bytesMax + 1));
  let filled = 0;
  for (;;) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, null);
    filled += count;
    if (filled > bytesMax) throw new TooLarge();
    if (count === 0) return bytes.subarray(0, filled);
    if (filled === bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(2 * filled, bytesMax + 1));
      bytes.copy(larger);
      bytes = larger;
    }
  }
}

/** A file's text without byte-order mark, line breaks as they are. */
export function readText(path: string, bytesMax: number, readFile: ReadFile): ReadText {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path, bytesMax);
  } catch (error) {
    if (error instanceof TooLarge) return tooLarge(bytesMax);
    return { ok: false, reason: reasonOf(error), unreadable: true };
  }
  return decodeText(bytes, bytesMax);
}

export function decodeText(bytes: Uint8Array, bytesMax: number): ReadText {
  if (bytes.length > bytesMax) return tooLarge(bytesMax);
  if (bytes.subarray(0, 65_536).includes(0)) {
    return { ok: false, reason: 'is a binary file, not text', unreadable: false };
  }
  try {
    // Takes a byte-order mark away.
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, reason: 'is not UTF-8 text', unreadable: false };
  }
}

function tooLarge(bytesMax: number): ReadText {
  const reason = `is larger than ${bytesMax / (1024 * 1024)} MiB`;
  return { ok: false, reason, unreadable: false };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read (no permission)';
    case 'ENOTDIR':
      return 'does not exist: part of its path is not a folder';
    default:
      return `cannot be read (${String(code ?? message)})`;
  }
}

/**
 * Hash over everything that decides: parts in a stable order, each framed by its label's and text's
 * length, line breaks normalised; folders are no part of it.
 */
export class ContentHash {
  readonly #hash = createHash('sha256');

  add(label: string, text: string): void {
    const normal = text.replaceAll('\r\n', '\n');
    this.#hash.update(`${Buffer.byteLength(label)}:${label}${Buffer.byteLength(normal)}:`);
    this.#hash.update(normal);
  }

  /** First 32 hex digits. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 32);
  }
}
