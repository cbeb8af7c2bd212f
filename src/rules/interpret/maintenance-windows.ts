// The windows of a register that inMaintenance asks: rows of from, to and scope, which may be parts of
// its key (then they are texts) or columns.

import type { RegisterData } from '../../domain/plan.ts';

export interface MaintenanceWindow {
  readonly scope: string;
  readonly from: number;
  readonly to: number;
}

/** No `from`: from the beginning of time; no `to`: still open; no scope: all. */
export function maintenanceWindows(register: RegisterData): MaintenanceWindow[] {
  const cell = (name: string, row: number): string | number | null => {
    const part = register.keyColumns.indexOf(name);
    const column = register.columns.find((one) => one.name === name);
    const value = column?.texts?.[row] ?? column?.numbers?.[row] ?? register.keys[row]?.[part];
    return value === undefined || value === '' || Number.isNaN(value) ? null : value;
  };
  const rowCount = Math.max(register.keys.length, register.columns[0]?.numbers?.length ?? 0);
  return Array.from({ length: rowCount }, (_, row) => ({
    scope: String(cell('scope', row) ?? '*'),
    from: timeOf(cell('from', row) ?? -Infinity),
    to: timeOf(cell('to', row) ?? Infinity),
  }));
}

function timeOf(value: string | number): number {
  return typeof value === 'number' || /^[0-9]+$/.test(value) ? Number(value) : Date.parse(value);
}
