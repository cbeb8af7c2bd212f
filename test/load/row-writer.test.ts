import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { Draft } from '../../src/load/draft.ts';
import { GENERATED_ROW_BYTES_MAX, makeDraftWriter } from '../../src/load/row-writer.ts';

const WRITE = { ndjson: makeDraftWriter('ndjson'), msgpack: makeDraftWriter('msgpack') };

function read(draft: Draft, format: 'ndjson' | 'msgpack'): unknown {
  const bytes = new Uint8Array(GENERATED_ROW_BYTES_MAX + 7);
  const end = WRITE[format](draft, bytes, 7);
  const row = Buffer.from(bytes.subarray(7, end));
  if (format === 'ndjson') {
    expect(row.at(-1)).toBe(0x0a);
    return JSON.parse(row.toString());
  }
  return new Unpackr({ useRecords: false, int64AsType: 'number' }).unpack(row);
}

describe.each(['ndjson', 'msgpack'] as const)('a row as %s', (format) => {
  it('has the values of its draft, whatever their size and sign', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.nat(),
          timeMs: fc.maxSafeNat(),
          account: fc.nat(99_999_999),
          amount: fc.maxSafeInteger(),
          latE5: fc.integer({ min: -9_000_000, max: 9_000_000 }),
          lonE5: fc.integer({ min: -18_000_000, max: 18_000_000 }),
          ip: fc.nat(0xffffffff),
          device: fc.nat(0xffffffff),
          card: fc.integer({ min: 1e15, max: 9e15 }),
          merchantName: fc.constantFrom('Tea Corner', '丰收超市 7', "Xi'an", 'é'),
        }),
        (values) => {
          const draft = Object.assign(new Draft(), values);
          const ip = [24, 16, 8, 0].map((shift) => (values.ip >>> shift) & 255).join('.');
          expect(read(draft, format)).toEqual({
            id: `t${String(values.id).padStart(9, '0')}`,
            kind: 'payment',
            time: values.timeMs,
            account: `A${String(values.account).padStart(8, '0')}`,
            card: String(values.card),
            amount: values.amount,
            merchantName: values.merchantName,
            lat: values.latE5 / 1e5,
            lon: values.lonE5 / 1e5,
            ip,
            device: `D${values.device.toString(16).padStart(8, '0')}`,
          });
        },
      ),
    );
  });

  it('leaves out what the draft has not, and names the row that it is about', () => {
    const paid = Object.assign(new Draft(), { id: 41, timeMs: 1 });
    const draft = Object.assign(new Draft(), { id: 42, timeMs: 2, kind: 'label', label: 'fraud' });
    draft.of = paid;
    expect(read(draft, format)).toEqual({
      id: 't000000042',
      kind: 'label',
      time: 2,
      of: 't000000041',
      label: 'fraud',
    });
  });
});
