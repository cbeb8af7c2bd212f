// What the operating system says, as a sentence for a person.

import type { ErrorDetails } from '../base/errors.ts';
import { HoldfastError } from '../base/errors.ts';

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'the operation is not permitted'],
  ['EISDIR', 'it is a directory, a file was expected'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would be larger than allowed'],
  ['EROFS', 'the file system is read-only'],
  ['EPIPE', 'the output was closed by whoever reads it'],
  ['ECONNRESET', 'the other end closed the connection'],
  ['ENXIO', 'it is a socket, or a device that is not there'],
  ['EMFILE', 'too many files are open'],
  ['EIO', 'the device reports an input/output error'],
  ['ELOOP', 'too many symbolic links'],
  ['ENAMETOOLONG', 'the path is too long'],
  ['ETXTBSY', 'the file is in use'],
]);

/** The system's code of an error (`ENOENT`), or null. */
export function systemCode(cause: unknown): string | null {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? cause.code : null;
}

/** Nobody reads what is written any more. */
export function isReaderGone(cause: unknown): boolean {
  const code = systemCode(cause);
  return code === 'EPIPE' || code === 'ECONNRESET';
}

/**
 * @param task what failed, to follow "Cannot": `read`, `create`
 * @param more a further sentence, about what is kept
 */
export function ioError(task: string, path: string, cause: unknown, more = ''): HoldfastError {
  const code = systemCode(cause);
  const why =
    (code === null ? undefined : SENTENCES.get(code)) ??
    (cause instanceof Error ? cause.message : String(cause));
  const suffix = more === '' ? '' : ` ${more}`;
  const details: ErrorDetails = { path, cause, retryable: code === 'ENOSPC' || code === 'EMFILE' };
  return new HoldfastError('IO_FAILED', `Cannot ${task} "${path}": ${why}.${suffix}`, details);
}
