// The part of WebAssembly's API that the engine uses, as types and by its own name: the compiler's
// library for Node does not declare it.

import { assert } from './assert.ts';
import { HoldfastError } from './errors.ts';

/** Memory that WebAssembly code and JavaScript share, threads too. Its size is fixed. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

export interface WasmModule {
  readonly wasmModule: never;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Functions take and give numbers. */
export type WasmImports = Readonly<
  Record<string, Readonly<Record<string, WasmMemory | ((...numbers: number[]) => number)>>>
>;

interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
}

/** Node has none where its compilers are switched off. */
function api(): WebAssemblyApi {
  const { WebAssembly: found } = globalThis as unknown as { WebAssembly?: WebAssemblyApi };
  if (found !== undefined) return found;
  throw new HoldfastError(
    'USAGE',
    'Rows are decoded by WebAssembly: do not run Node with --jitless.',
  );
}

const PAGE_BYTES = 2 ** 16;
const PAGES_MAX = 2 ** 16;

/**
 * Memory of `bytes` zeros or a little more. What is not touched costs nothing but addresses: V8 takes 10 GB
 * of them, so that no read needs a check.
 * @throws HoldfastError IO_FAILED where the system gives no more addresses
 */
export function makeWasmMemory(bytes: number): WasmMemory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  assert(pages <= PAGES_MAX, `A batch of ${bytes} bytes: over what 32 bits address`);
  const { Memory } = api();
  try {
    return new Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new HoldfastError(
      'IO_FAILED',
      'Cannot reserve 10 GB of address space for a batch of rows: a process needs some 60 GB of addresses, and 25 more for each worker after the first (ulimit -v); little of it becomes memory.',
      { cause },
    );
  }
}

/** @throws where the bytes are no module */
export function compileWasm(bytes: Uint8Array): WasmModule {
  return new (api().Module)(bytes);
}

export function startWasm(module: WasmModule, imports: WasmImports): WasmInstance {
  return new (api().Instance)(module, imports);
}
