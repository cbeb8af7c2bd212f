// The file calls that transport needs, on plain descriptors. node:fs/promises has FileHandle
// instead, which closes its descriptor when it is collected: of no use where a socket takes the
// descriptor over, and three objects a read more.

import { close, fstat, fsync, open, read, write } from 'node:fs';
import type { Stats } from 'node:fs';
import { promisify } from 'node:util';

export const openDescriptor: (path: string, flags: number, mode?: number) => Promise<number> =
  promisify(open);
export const closeDescriptor: (fd: number) => Promise<void> = promisify(close);
export const syncDescriptor: (fd: number) => Promise<void> = promisify(fsync);
export const statDescriptor: (fd: number) => Promise<Stats> = promisify(
  (fd: number, done: (error: Error | null, stats: Stats) => void) => {
    fstat(fd, done);
  },
);

/** Reads from where the descriptor stands; resolves to the bytes read, 0 at the end. */
export function readDescriptor(
  fd: number,
  into: Uint8Array,
  offset: number,
  lengthMax: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, into, offset, lengthMax, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

/** Writes where the descriptor stands; resolves to the bytes written, which may be fewer. */
export function writeDescriptor(
  fd: number,
  from: Uint8Array,
  offset: number,
  length: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, from, offset, length, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
