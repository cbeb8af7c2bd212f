// Reason codes and what they are called elsewhere: ISO 8583 DE39 (response code) and DE25 (message
// reason), ISO 20022 external status reason. Source: the table of documented triggers; where it
// lists several codes the first is the default. Two digits are DE39, four are DE25.

export interface ReasonSpec {
  readonly code: string;
  /** DE39 */
  readonly responseCode: string | null;
  /** DE25 */
  readonly reversalReason: string | null;
  readonly isoReason: string | null;
}

function reason(
  code: string,
  responseCode: string | null,
  reversalReason: string | null,
  isoReason: string | null,
): ReasonSpec {
  return { code, responseCode, reversalReason, isoReason };
}

export const REASONS: readonly ReasonSpec[] = [
  reason('VELOCITY_COUNT', '65', null, 'SL15'),
  reason('VELOCITY_AMOUNT', '61', null, 'AM14'),
  reason('GEO_IMPOSSIBLE_TRAVEL', '59', null, 'FRAD'),
  reason('GEO_REGION', '59', null, 'FRAD'),
  reason('TERMINAL_MOVED', '58', null, 'FRAD'),
  reason('MERCHANT_MISMATCH', '03', null, 'BE01'),
  reason('SECURITY_FAILED', '55', null, 'UAPA'),
  reason('INSUFFICIENT_BALANCE', '51', null, 'AM04'),
  reason('AMOUNT_TOO_LARGE', '61', null, 'AM14'),
  reason('TIMEOUT_UNKNOWN', '68', '4021', 'AB05'),
  reason('CHARGED_BUT_FAILED', null, '4020', 'TECH'),
  reason('LEDGER_MISMATCH', '96', null, 'TECH'),
  reason('DUPLICATE_CHARGE', '94', null, 'AM05'),
  reason('INVALID_INPUT', '12', null, 'RJCT'),
  reason('ACCOUNT_RESTRICTED', '62', null, 'AC06'),
  reason('LISTED_ENTITY', '41', null, 'SL12'),
  reason('IP_CONFLICT', '58', null, 'DS24'),
  reason('SOFTWARE_OUTDATED', '58', null, 'TECH'),
  reason('TERMINAL_FAULT', '96', '4021', 'TECH'),
  reason('MAINTENANCE', '91', null, 'AB06'),
  reason('EXCESSIVE_REFUNDS', '59', null, 'FRAD'),
  reason('PAYMENT_CODE_STATE', '12', null, 'CANC'),
  reason('REVERSAL_NOT_AUTHORISED', '63', null, 'ARDT'),
  reason('REVERSAL_WINDOW_PASSED', '57', null, 'ARDT'),
  reason('POLICY', '57', null, 'RR04'),
  reason('TERMINAL_COMPROMISED', '59', null, 'FRAD'),
  reason('SCORE', '59', null, 'FRAD'),
  reason('ENGINE_BUDGET_EXCEEDED', '91', null, 'AB06'),
  reason('HOLD_EXPIRED', null, null, null),
];
