import type { RailPlan } from '../../domain/rails.ts';
export interface ReversalChoice {
  method: number;
  notBeforeMs: number;
  notAfterMs: number;
  fallbackMethod: number;
}
export class RailWindows {
  constructor(_rails: readonly RailPlan[]) {}
  isOpen(_rail: number, _method: number, _paymentMs: number, _nowMs: number): boolean {
    return false;
  }
  choose(
    _rail: number,
    _paymentMs: number,
    _nowMs: number,
    _known: boolean,
    _refund: boolean,
    _choice: ReversalChoice,
  ): boolean {
    return false;
  }
}
