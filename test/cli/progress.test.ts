import { expect, test } from 'vitest';
import { ProgressLine, progressText } from '../../src/cli/progress.ts';
import type { RunProgress } from '../../src/engine/run-result.ts';

const CLEAR_LINE = '\r\u001b[2K';

function progressAt(rows: number): RunProgress {
  return {
    rows,
    decisions: rows,
    bytesIn: rows * 350,
    outcomes: [rows, 0, 0],
    deadLetters: 0,
    amendments: 0,
  };
}

/** Rows at a steady 500 a ms, one call every 10 ms; what was written, with when. */
function draw(isErrScreen: boolean, totalMs: number): { texts: string[]; line: ProgressLine } {
  let nowMs = 1000;
  const texts: string[] = [];
  const terminal = {
    out: () => {},
    err: (text: string) => void texts.push(text),
    isErrScreen,
    columns: () => 40,
  };
  const line = new ProgressLine(
    terminal,
    { nowMs: () => 0, monotonicMs: () => nowMs },
    1_750_000_000,
  );
  for (let ms = 10; ms <= totalMs; ms += 10) {
    nowMs = 1000 + ms;
    line.update(progressAt(500 * ms));
  }
  return { texts, line };
}

test('a screen gets one line, rewritten ten times a second and no wider than it is', () => {
  const { texts, line } = draw(true, 1000);
  expect(texts).toHaveLength(10);
  for (const text of texts) {
    expect(text.startsWith(CLEAR_LINE)).toBe(true);
    expect(text.length - CLEAR_LINE.length).toBe(39);
    expect(text).not.toContain('\n');
  }
  line.clear();
  line.clear();
  expect(texts.slice(10)).toEqual([CLEAR_LINE]);
});

test('no screen gets a plain line every second, with the rate of now', () => {
  const { texts, line } = draw(false, 10_000);
  line.clear();
  expect(texts).toHaveLength(10);
  expect(texts[9]).toBe(
    '5,000,000 rows   500,000/s   allow 5,000,000  hold 0  reverse 0   100 %\n',
  );
});

test('dead letters are told once there are some', () => {
  const text = progressText({ ...progressAt(1), deadLetters: 1 }, 7, null);
  expect(text).toBe('1 row   7/s   allow 1  hold 0  reverse 0   1 dead letter');
});
