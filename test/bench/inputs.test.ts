// The benchmark's inputs: what its figures silently rest on.

import { Unpackr } from 'msgpackr';
import { beforeAll, describe, expect, test } from 'vitest';

interface Stream {
  isDisordered: boolean;
}
interface Batch {
  readonly bytes: Uint8Array;
  readonly spans: Int32Array;
  readonly splitErrors: Int32Array;
}
interface Inputs {
  makeSkew(count: number, flat: number): (uniform: number) => number;
  makeScatter(count: number): (index: number) => number;
  World: new (accounts: number) => object;
  RowStream: new (world: object, options: object) => Stream;
  BatchFiller: new (
    stream: Stream,
    format: string,
  ) => { writeRows(batch: Batch, count: number): number };
}
interface Row {
  readonly id: string;
  readonly time: number;
  readonly account: string;
}

const ACCOUNTS = 2000;
let inputs: Inputs;

// Plain JavaScript over the built program, so it has no types of its own.
async function load(path: string): Promise<object> {
  return (await import(new URL(`../../bench/${path}`, import.meta.url).href)) as object;
}

beforeAll(async () => {
  const parts = ['inputs/skew.mjs', 'inputs/world.mjs', 'inputs/row-stream.mjs'];
  inputs = Object.assign({}, ...(await Promise.all(parts.map(load)))) as Inputs;
});

function rowsOf(format: 'ndjson' | 'msgpack', count: number, options: object = {}): Row[] {
  const { isDisordered = false } = options as { isDisordered?: boolean };
  const stream = new inputs.RowStream(new inputs.World(ACCOUNTS), { seed: 5, ...options });
  stream.isDisordered = isDisordered;
  const batch = {
    bytes: new Uint8Array(count * 640),
    spans: new Int32Array(count * 2),
    splitErrors: new Int32Array(count),
  };
  const length = new inputs.BatchFiller(stream, format).writeRows(batch, count);
  const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });
  const rows = Array.from({ length: count }, (_, row) => {
    const at = batch.spans[row * 2] as number;
    const bytes = batch.bytes.subarray(at, at + (batch.spans[row * 2 + 1] as number));
    if (format === 'msgpack') return unpackr.unpack(bytes) as Row;
    return JSON.parse(new TextDecoder().decode(bytes)) as Row;
  });
  const last = count - 1;
  const tail = format === 'ndjson' ? 1 : 0;
  expect(length).toBe(
    (batch.spans[last * 2] as number) + (batch.spans[last * 2 + 1] as number) + tail,
  );
  return rows;
}

describe('the stream', () => {
  test.each([{ isDisordered: false }, { isDisordered: true }])(
    'is the same from JSON and from msgpack, %o',
    (options) => {
      expect(rowsOf('msgpack', 3000, options)).toEqual(rowsOf('ndjson', 3000, options));
    },
  );

  test('visits every account before any twice, but for the payments made twice', () => {
    const rows = rowsOf('ndjson', ACCOUNTS);
    const accounts = new Set(rows.map(({ account }) => account));
    expect(accounts.size).toBeGreaterThan(ACCOUNTS * 0.995);
  });

  test('is in order, with new ids, unless it is asked to be otherwise', () => {
    const rows = rowsOf('ndjson', 5000);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(rows.every(({ time }, k) => k === 0 || time >= (rows[k - 1] as Row).time)).toBe(true);
  });

  test('has one late row in a hundred, and repeats, when asked for', () => {
    // Close enough in time that two minutes reach back over other rows.
    const options = { isDisordered: true, spanMs: 3_600_000 };
    const rows = rowsOf('ndjson', 20_000, options);
    let newest = 0;
    let late = 0;
    const seen = new Set<string>();
    let repeats = 0;
    for (const { id, time } of rows) {
      if (seen.has(id)) repeats++;
      else if (time < newest) late++;
      seen.add(id);
      newest = Math.max(newest, time);
    }
    expect(late / rows.length).toBeGreaterThan(0.008);
    expect(late / rows.length).toBeLessThan(0.012);
    expect(repeats).toBeGreaterThan(5);
    expect(repeats).toBeLessThan(50);
  });
});

describe('who appears how often', () => {
  test.each([1, 2, 10, 2000, 7_368_787])('a scatter of %i is a permutation', (count) => {
    const checked = Math.min(count, 5000);
    const scatter = inputs.makeScatter(count);
    const images = new Set(Array.from({ length: checked }, (_, k) => scatter(k)));
    expect(images.size).toBe(checked);
    for (const image of images) expect(image >= 0 && image < count).toBe(true);
  });

  test('a skew gives rank r in proportion to 1 / (r + flat)', () => {
    const pick = inputs.makeSkew(1000, 10);
    const draws = 200_000;
    const counts = new Int32Array(1000);
    for (let k = 0; k < draws; k++) {
      const rank = pick((k + 0.5) / draws);
      counts[rank] = (counts[rank] as number) + 1;
    }
    const share = (rank: number): number =>
      Math.log((rank + 11) / (rank + 10)) / Math.log(1010 / 10);
    for (const rank of [0, 1, 10, 100, 999]) {
      expect(Math.abs((counts[rank] as number) / draws - share(rank))).toBeLessThan(1e-4);
    }
    expect(pick(0.999999999999)).toBe(999);
  });
});
