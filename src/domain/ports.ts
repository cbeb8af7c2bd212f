// The two ports of the engine: where rows come from and where bytes go. Kafka, files and memory
// stand behind the same two (src/transport), with one conformance suite for all.

export type Format = 'ndjson' | 'msgpack';

/**
 * One batch's rows as a source writes them: raw bytes in shared memory, and where each row stands.
 * The source fills it; nothing in it is parsed beyond finding where rows begin and end.
 */
export interface BatchInput {
  /** Writable; a source may write [0, bytesMax). */
  readonly slab: Uint8Array;
  readonly bytesMax: number;
  readonly rowsMax: number;
  /** Offset and length in the slab, a pair a row. */
  readonly rows: Int32Array;
  /**
   * Why a row could not be taken whole, a number of INPUT_ERRORS (ROW_TOO_LONG, TRUNCATED_ROW,
   * NOT_A_MAP, BAD_MSGPACK), or -1. Its bytes in the slab are then the first ROW_BYTES_MAX of it.
   */
  readonly splitErrors: Int32Array;
  rowCount: number;
  /** Position in the source of the batch's first byte, and the first row's number from 0. */
  firstByte: number;
  firstRow: number;
  /** Of a live source: when each row arrived, ms since the epoch by the source's clock. */
  readonly arrivals: Float64Array;
  /** Monotonic ms when the batch's bytes had arrived; what latency is measured from. */
  arrivedMs: number;
}

export interface Source {
  /** Human-readable name for messages: a path, `stdin`, a topic. */
  readonly name: string;
  readonly format: Format;
  /** Size in bytes where it is known (a regular file), else null: for progress. */
  readonly bytesTotal: number | null;
  /** Blank lines skipped so far. */
  readonly blankLines: number;
  /**
   * Position of the first byte that is in no batch so far: where the next row begins, but for blank lines
   * and the rest of a row that is too long. At the end of the input, the bytes that were read.
   */
  readonly nextByte: number;
  /** Rows come as they happen and have a time of arrival: a deadline counts. Files have none. */
  readonly isLive: boolean;
  /** Fills `batch` and resolves to false when the input is at its end and no row was written. */
  read(batch: BatchInput): Promise<boolean>;
  close(): Promise<void>;
}

export interface Sink {
  readonly name: string;
  /** Resolves when the bytes are handed on and the buffer may be reused. */
  write(bytes: Uint8Array): Promise<void>;
  /** Completes the output (a regular file: renames .partial); afterwards nothing may be written. */
  finish(): Promise<void>;
  /**
   * Ends without completing: what was written stays, as `.partial` where it is a file. Rejects where it
   * does not, because another run has taken that name.
   */
  abandon(): Promise<void>;
}
