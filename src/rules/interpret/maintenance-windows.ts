// The windows of a register that inMaintenance asks: rows of from, to and scope, which may be parts of
// its key (then they are texts) or columns.

import type { RegisterData } from '../../domain/plan.ts';
import { textAt } from '../../domain/text-column.ts';

export interface MaintenanceWindow {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
}

/** No `from`: from the beginning of time; no `to`: still open; no scope: all. */
export function maintenanceWindows(register: RegisterData): MaintenanceWindow[] {
  const cell = (name: string, row: number): string | number | null => {
    const key = register.keys[register.keyColumns.indexOf(name)];
    const column = register.columns.find((one) => one.name === name);
    const texts = column?.texts ?? key;
    const value = column?.numbers?.[row] ?? (texts === undefined ? null : textAt(texts, row));
    return value === '' || Number.isNaN(value) ? null : value;
  };
  return Array.from({ length: register.rowCount }, (_, row) => ({
    scope: String(cell('scope', row) ?? '*'),
    from: timeOf(cell('from', row) ?? -Infinity),
    to: timeOf(cell('to', row) ?? Infinity),
  }));
}

function timeOf(value: string | number): number {
  return typeof value === 'number' || /^[0-9]+$/.test(value) ? Number(value) : Date.parse(value);
}
