// Runs a format's WebAssembly loop over rows, and whatever it leaves by the careful way. One instance a
// batch's memory: its code works on the rows' bytes and records where they stand.

import { existsSync, readFileSync } from 'node:fs';
import { assert } from '../base/assert.ts';
import type { WasmMemory, WasmModule } from '../base/web-assembly.ts';
import { compileWasm, startWasm } from '../base/web-assembly.ts';
import * as area from './assembly/area.ts';
import { writeDecodeArea } from './decode-area.ts';
import type { DecodeOptions, DecodeTable, RowDecoder } from './decode-options.ts';
import type { FieldTables } from './field-tables.ts';
import { RowDraft } from './row-draft.ts';

/** Decodes rows [from, to) of the spans; the first that is not common, or `to`. Addresses in bytes. */
type Loop = (areaAt: number, recordsAt: number, from: number, to: number) => number;

/** What a loop calls, by name, with positions and classes. */
export type Callbacks = Readonly<Record<string, (...numbers: number[]) => number>>;

/** The loop over one memory, and its area there. */
interface Bound {
  readonly loop: Loop;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly spans: Int32Array;
}

const modules = new Map<string, WasmModule>();

/** The compiled code of a format: built beside the compiled TypeScript, which src/ and dist/ both find. */
function moduleOf(name: string): WasmModule {
  let module = modules.get(name);
  if (module === undefined) {
    const url = new URL(`../../dist/codec/${name}.wasm`, import.meta.url);
    assert(existsSync(url), `${name}.wasm is not built: npm run build makes it`);
    module = compileWasm(readFileSync(url));
    modules.set(name, module);
  }
  return module;
}

export abstract class DecodeLoop implements RowDecoder {
  unknownKeyCount = 0;
  protected readonly tables: FieldTables;
  protected readonly draft: RowDraft;
  readonly #name: string;
  readonly #options: DecodeOptions;
  readonly #patterns: readonly (Uint8Array | null)[];
  /** A memory that nobody has any more takes its loop along. */
  readonly #known = new WeakMap<WasmMemory, Bound>();
  /** What is decoded now. */
  #table: DecodeTable | null = null;
  #bound: Bound | null = null;

  /** @param patterns one a field: its key as it stands in the bytes, or null where that is not one */
  constructor(
    name: 'json' | 'msgpack',
    options: DecodeOptions,
    tables: FieldTables,
    patterns: readonly (Uint8Array | null)[],
  ) {
    this.#name = name;
    this.#options = options;
    this.tables = tables;
    this.draft = new RowDraft(tables, options.money);
    this.#patterns = patterns;
  }

  /** What the loop may call; a position or number, or -1 where the row is for the careful way. */
  protected abstract callbacks(): Callbacks;

  /** Reads a row into the draft by the careful way; where it is malformed, `found` has why and where. */
  protected abstract readRow(table: DecodeTable, start: number, end: number): boolean;
  protected abstract get found(): { readonly error: number; readonly errorAt: number };

  bind(table: DecodeTable): void {
    this.#bind(table);
  }

  decode(
    table: DecodeTable,
    rowSpans: Int32Array,
    splitErrors: Int32Array,
    from: number,
    to: number,
    rowBase: number,
  ): void {
    const { loop, words } = this.#bind(table);
    const areaAt = this.#options.areaOffset;
    const { strideWords } = this.tables;
    for (let first = from; first < to; first += area.SPAN_ROWS) {
      const count = Math.min(to - first, area.SPAN_ROWS);
      this.#copySpans(rowSpans, splitErrors, first, count);
      const base = (first - rowBase) * strideWords;
      const recordsAt = table.i32.byteOffset + base * 4;
      for (let k = 0; (k = loop(areaAt, recordsAt, k, count)) < count; k++) {
        const start = rowSpans[2 * (first + k)] as number;
        const end = start + (rowSpans[2 * (first + k) + 1] as number);
        const split = splitErrors[first + k] as number;
        const isWellFormed = this.readRow(table, start, end);
        const { error, errorAt } = this.found;
        const fatal = isWellFormed ? -1 : error;
        const at = base + k * strideWords;
        const unknownKeys = this.draft.write(table, at, start, end, fatal, errorAt, split);
        this.unknownKeyCount += unknownKeys;
      }
    }
    this.unknownKeyCount += words[area.HEAD_UNKNOWN_KEYS >> 2] as number;
    words[area.HEAD_UNKNOWN_KEYS >> 2] = 0;
  }

  /** The bytes that are decoded now, from the memory's start: positions are the loop's addresses. */
  protected get bytes(): Uint8Array {
    return (this.#table as DecodeTable).bytes;
  }

  protected get view(): DataView {
    return (this.#table as DecodeTable).view;
  }

  /** Leaves a callback's second result for the loop, in the word at `place` of the head. */
  protected leave(place: number, value: number): void {
    (this.#bound as Bound).words[place >> 2] = value;
  }

  protected leaveNumber(value: number): void {
    (this.#bound as Bound).doubles[area.HEAD_NUMBER >> 3] = value;
  }

  #copySpans(rowSpans: Int32Array, splitErrors: Int32Array, first: number, count: number): void {
    const { spans } = this.#bound as Bound;
    for (let k = 0; k < count; k++) {
      const row = first + k;
      spans[2 * k] = rowSpans[2 * row] as number;
      // What framing found bad has no bytes for the loop.
      const isWhole = (splitErrors[row] as number) < 0;
      spans[2 * k + 1] = isWhole ? (rowSpans[2 * row + 1] as number) : 0;
    }
  }

  #bind(table: DecodeTable): Bound {
    if (this.#bound !== null && this.#table === table) return this.#bound;
    const { memory, i32, bytes } = table;
    // The loop knows addresses only: records elsewhere would be written over the rows' bytes.
    const isInside = i32.buffer === memory.buffer && bytes.buffer === memory.buffer;
    assert(isInside && bytes.byteOffset === 0, "Records or bytes are not in the table's memory");
    this.#bound = this.#known.get(memory) ?? this.#start(memory);
    this.#table = table;
    return this.#bound;
  }

  #start(memory: WasmMemory): Bound {
    const { buffer } = memory;
    const { areaOffset, money } = this.#options;
    writeDecodeArea(buffer, areaOffset, this.tables, this.#patterns, money);
    const convertMoney = (record: number): number => {
      const table = this.#table as DecodeTable;
      return this.draft.writer.convertMoney(table, (record - table.i32.byteOffset) >> 2);
    };
    const { exports } = startWasm(moduleOf(this.#name), {
      env: { memory },
      [this.#name]: this.callbacks(),
      record: { convertMoney },
    });
    const words = new Int32Array(buffer, areaOffset, area.HEAD_BYTES >> 2);
    const spansAt = words[area.HEAD_SPANS >> 2] as number;
    const bound = {
      loop: exports['decode'] as Loop,
      words,
      doubles: new Float64Array(buffer, areaOffset, area.HEAD_BYTES >> 3),
      spans: new Int32Array(buffer, spansAt, area.SPAN_ROWS * 2),
    };
    this.#known.set(memory, bound);
    return bound;
  }
}
