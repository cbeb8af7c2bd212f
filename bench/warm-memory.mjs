// Touches memory before anything is measured. A virtual machine may get its memory from its host only when
// a page is touched for the first time since it started, which takes 10 to 16 us each instead of 2: state
// that grows would be charged a fifth of its time for what the machine does once. In a process of its own,
// so that the pages are the system's again when it ends.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { freemem } from 'node:os';
import { fileURLToPath } from 'node:url';

const PAGE_BYTES = 4096;
const PIECE_BYTES = 2 ** 28;
const BYTES_MAX = 2 ** 32;

/** us of the first touch of a page, before and after half of the free memory was touched. */
export async function warmMemory() {
  const bytes = Math.min(BYTES_MAX, (process.availableMemory?.() ?? freemem()) / 2);
  const before = await touchApart(bytes);
  const after = await touchApart(PIECE_BYTES);
  return { before, after };
}

async function touchApart(bytes) {
  const child = fork(fileURLToPath(import.meta.url), [String(bytes)], { execArgv: [] });
  const [us] = await once(child, 'message');
  await once(child, 'exit');
  return us;
}

function touch(bytes) {
  const pieces = [];
  const started = performance.now();
  do {
    const words = new Int32Array(new SharedArrayBuffer(PIECE_BYTES));
    for (let at = 0; at < words.length; at += PAGE_BYTES / 4) words[at] = 1;
    pieces.push(words);
  } while (pieces.length * PIECE_BYTES < bytes);
  return ((performance.now() - started) * 1000) / ((pieces.length * PIECE_BYTES) / PAGE_BYTES);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.send(touch(Number(process.argv[2])), () => process.disconnect());
}
