// Where a source's bytes come from: a file, a pipe, memory. No rows at this level.

export interface ByteReader {
  readonly name: string;
  /** Size in bytes where it is known (a regular file, memory), else null. */
  readonly bytesTotal: number | null;
  /** False when a read would wait for whoever writes: what has arrived is then handed over first. */
  readonly isReady: boolean;
  /**
   * Reads at most `lengthMax` bytes into `into` from `offset`.
   * @returns bytes read, at least 1; 0 at the end of the input or after close
   */
  read(into: Uint8Array, offset: number, lengthMax: number): Promise<number>;
  /** Ends a read that is waiting. Closing twice is allowed. */
  close(): Promise<void>;
}
