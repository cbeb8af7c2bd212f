// Live progress on the standard error: one line that is rewritten on a screen, a plain line every
// few seconds otherwise. Called once a batch; draws at most every DRAW_MS.

import type { Clock } from '../base/clock.ts';
import type { Terminal } from './command.ts';
import type { RunProgress } from '../engine/run-result.ts';
import { counted, percentText, withCommas } from './format-text.ts';

const SCREEN_DRAW_MS = 100;
const PLAIN_DRAW_MS = 1000;
/** The rate is of the last seconds, so that it shows what happens now. */
const RATE_SPAN_MS = 2000;
const CLEAR_LINE = '\r\u001b[2K';

export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #bytesTotal: number | null;
  readonly #startMs: number;
  #drawnMs: number;
  #isShown = false;
  /** Where the rate is counted from. */
  #fromMs: number;
  #fromRows = 0;
  #midMs: number;
  #midRows = 0;

  /** @param bytesTotal of the input where known, for the share that is done */
  constructor(terminal: Terminal, clock: Clock, bytesTotal: number | null) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#bytesTotal = bytesTotal;
    this.#startMs = clock.monotonicMs();
    this.#drawnMs = this.#startMs;
    this.#fromMs = this.#startMs;
    this.#midMs = this.#startMs;
  }

  update(progress: RunProgress): void {
    const nowMs = this.#clock.monotonicMs();
    const everyMs = this.#terminal.isErrScreen ? SCREEN_DRAW_MS : PLAIN_DRAW_MS;
    if (nowMs - this.#drawnMs < everyMs) return;
    this.#drawnMs = nowMs;
    const rate = this.#rate(nowMs, progress.rows);
    const text = progressText(progress, rate, this.#bytesTotal);
    if (this.#terminal.isErrScreen) {
      const columns = Math.max(20, this.#terminal.columns() - 1);
      this.#terminal.err(CLEAR_LINE + text.slice(0, columns));
      this.#isShown = true;
    } else {
      this.#terminal.err(`${text}\n`);
    }
  }

  /** Takes the live line away, so that other text may follow. */
  clear(): void {
    if (this.#isShown) this.#terminal.err(CLEAR_LINE);
    this.#isShown = false;
  }

  #rate(nowMs: number, rows: number): number {
    const rate = ((rows - this.#fromRows) * 1000) / Math.max(1, nowMs - this.#fromMs);
    if (nowMs - this.#midMs >= RATE_SPAN_MS / 2) {
      this.#fromMs = this.#midMs;
      this.#fromRows = this.#midRows;
      this.#midMs = nowMs;
      this.#midRows = rows;
    }
    return rate;
  }
}

export function progressText(
  progress: RunProgress,
  rowsPerSecond: number,
  bytesTotal: number | null,
): string {
  const [allow, hold, reverse] = progress.outcomes;
  const parts = [
    counted(progress.rows, 'row'),
    `${withCommas(rowsPerSecond)}/s`,
    `allow ${withCommas(allow)}  hold ${withCommas(hold)}  reverse ${withCommas(reverse)}`,
  ];
  if (progress.deadLetters > 0) parts.push(counted(progress.deadLetters, 'dead letter'));
  if (bytesTotal !== null && bytesTotal > 0) parts.push(percentText(progress.bytesIn, bytesTotal));
  return parts.join('   ');
}
