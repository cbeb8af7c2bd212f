import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../../src/base/hash.ts';
import type { RegisterData } from '../../../src/domain/plan.ts';
import { numberColumnOf } from '../../../src/domain/number-column.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';
import { Maintenance } from '../../../src/rules/runtime/maintenance.ts';

interface Window {
  readonly from: number;
  readonly to: number;
  readonly scope: string;
}

function registerOf(windows: readonly Window[]): RegisterData {
  return {
    name: 'maintenance',
    keyColumns: ['id'],
    rowCount: windows.length,
    keys: [textColumnOf(windows.map((_, row) => String(row)))],
    columns: [
      {
        name: 'from',
        type: 'time',
        texts: null,
        numbers: numberColumnOf(windows.map((w) => w.from)),
      },
      { name: 'to', type: 'time', texts: null, numbers: numberColumnOf(windows.map((w) => w.to)) },
      {
        name: 'scope',
        type: 'string',
        texts: textColumnOf(windows.map((w) => w.scope || null)),
        numbers: null,
      },
    ],
  };
}

function isOpen(maintenance: Maintenance, scope: string, timeMs: number): boolean {
  const [lo, hi] = hashString(scope, DEFAULT_HASH_KEY);
  return maintenance.isOpen(lo, hi, timeMs);
}

describe('Maintenance', () => {
  it('is open where any window of the scope, or of all, has begun and not ended', () => {
    const scope = fc.constantFrom('T1', 'T2', '', '*');
    const window = fc.record({ from: fc.nat(20), to: fc.nat(20), scope });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 12 }), (windows) => {
        const maintenance = new Maintenance(registerOf(windows), DEFAULT_HASH_KEY);
        for (const asked of ['T1', 'T2', 'T3']) {
          for (let timeMs = -1; timeMs < 22; timeMs++) {
            const expected = windows.some(
              (w) => ['', '*', asked].includes(w.scope) && w.from <= timeMs && timeMs < w.to,
            );
            expect(isOpen(maintenance, asked, timeMs)).toBe(expected);
          }
        }
      }),
    );
  });

  it('an absent end is still open, an absent beginning always was', () => {
    const maintenance = new Maintenance(
      registerOf([
        { from: 10, to: NaN, scope: 'A' },
        { from: NaN, to: 10, scope: 'B' },
      ]),
      DEFAULT_HASH_KEY,
    );
    const answers = [
      isOpen(maintenance, 'A', 9),
      isOpen(maintenance, 'A', 1e15),
      isOpen(maintenance, 'B', -1e15),
      isOpen(maintenance, 'B', 10),
    ];
    expect(answers).toEqual([false, true, true, false]);
  });

  it('reads windows that stand in the key', () => {
    const register: RegisterData = {
      name: 'maintenance',
      keyColumns: ['from', 'to', 'scope'],
      rowCount: 2,
      keys: [
        textColumnOf(['1000', '2026-01-01T00:00:00Z']),
        textColumnOf(['2000', '']),
        textColumnOf(['T1', 'T2']),
      ],
      columns: [],
    };
    const maintenance = new Maintenance(register, DEFAULT_HASH_KEY);
    expect(isOpen(maintenance, 'T1', 1000)).toBe(true);
    expect(isOpen(maintenance, 'T1', 2000)).toBe(false);
    expect(isOpen(maintenance, 'T2', Date.UTC(2026, 0, 1))).toBe(true);
    expect(isOpen(maintenance, 'T2', Date.UTC(2026, 0, 1) - 1)).toBe(false);
  });
});
