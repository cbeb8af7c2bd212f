// What merchants, wallets and acquirers document as the reasons why a payment is held, reversed or
// refunded: each trigger with every outcome and code that it is documented with. A scenario must show
// each of these cases, and for each trigger what is close to it and must not be stopped.

export interface DocumentedTrigger {
  readonly number: number;
  readonly title: string;
  /** The names that rules have for it under `trigger`. */
  readonly names: readonly string[];
  /** `hold: CODE, DE39 .., DE25 .., ISO ..`, as in reasonText without the rule. */
  readonly cases: readonly string[];
}

function trigger(
  number: number,
  title: string,
  names: readonly string[],
  ...cases: readonly string[]
): DocumentedTrigger {
  return { number, title, names, cases };
}

export const DOCUMENTED_TRIGGERS: readonly DocumentedTrigger[] = [
  trigger(
    1,
    'abnormal frequency (frequent small payments)',
    ['abnormal-frequency', 'card-testing'],
    'hold: VELOCITY_COUNT, DE39 65, ISO SL15',
  ),
  trigger(
    2,
    'abnormal frequency (amount)',
    ['velocity-amount'],
    'hold: VELOCITY_AMOUNT, DE39 61, ISO AM14',
  ),
  trigger(
    3,
    'abnormal location: impossible travel',
    ['impossible-travel'],
    'hold: GEO_IMPOSSIBLE_TRAVEL, DE39 59, ISO FRAD',
  ),
  trigger(
    4,
    'abnormal location: region',
    ['abnormal-region'],
    'hold: GEO_REGION, DE39 59, ISO FRAD',
  ),
  trigger(
    5,
    'abnormal location: terminal moved',
    ['terminal-moved'],
    'hold: TERMINAL_MOVED, DE39 58, ISO FRAD',
  ),
  trigger(
    6,
    'merchant mismatch',
    ['merchant-mismatch'],
    'reverse: MERCHANT_MISMATCH, DE39 03, ISO BE01',
  ),
  trigger(
    7,
    'security verification failed',
    ['security-failed', 'charged-unverified'],
    'hold: SECURITY_FAILED, DE39 75, ISO UAPA',
    'reverse: SECURITY_FAILED, DE39 55, ISO UAPA',
    'reverse: SECURITY_FAILED, DE39 63, ISO UAPA',
  ),
  trigger(
    8,
    'insufficient balance',
    ['insufficient-balance'],
    'hold: INSUFFICIENT_BALANCE, DE39 51, ISO AM04',
    'reverse: INSUFFICIENT_BALANCE, DE39 51, ISO AM04',
  ),
  trigger(9, 'amount too large', ['amount-too-large'], 'hold: AMOUNT_TOO_LARGE, DE39 61, ISO AM14'),
  trigger(
    10,
    'took too long, network delay',
    ['took-too-long'],
    'reverse: TIMEOUT_UNKNOWN, DE39 68, DE25 4021, ISO AB05',
  ),
  trigger(
    11,
    'failed but charged',
    ['charged-but-failed'],
    'reverse: CHARGED_BUT_FAILED, DE25 4020, ISO TECH',
  ),
  trigger(
    12,
    'succeeded but not charged',
    ['ledger-mismatch'],
    'hold: LEDGER_MISMATCH, DE39 96, ISO TECH',
  ),
  trigger(
    13,
    'duplicate charge',
    ['duplicate-charge'],
    'reverse: DUPLICATE_CHARGE, DE39 94, ISO AM05',
  ),
  trigger(
    14,
    'input error',
    ['input-error'],
    'reverse: INVALID_INPUT, DE39 12, ISO RJCT',
    'reverse: INVALID_INPUT, DE39 14, ISO RJCT',
    'reverse: INVALID_INPUT, DE39 54, ISO RJCT',
  ),
  trigger(
    15,
    'account state abnormal',
    ['account-state'],
    'hold: ACCOUNT_RESTRICTED, DE39 62, ISO AC06',
    'reverse: ACCOUNT_RESTRICTED, DE39 62, ISO AC06',
  ),
  trigger(
    16,
    'account, card or device compromised',
    ['listed-entity'],
    'hold: LISTED_ENTITY, DE39 41, ISO SL12',
    'hold: LISTED_ENTITY, DE39 43, ISO SL12',
    'hold: LISTED_ENTITY, DE39 62, ISO SL12',
  ),
  trigger(17, 'IP conflict', ['ip-conflict'], 'hold: IP_CONFLICT, DE39 58, ISO DS24'),
  trigger(
    18,
    'outdated terminal or merchant software',
    ['software-outdated'],
    'hold: SOFTWARE_OUTDATED, DE39 58, ISO TECH',
  ),
  trigger(
    19,
    'terminal fault',
    ['terminal-fault'],
    'reverse: TERMINAL_FAULT, DE39 96, DE25 4021, ISO TECH',
  ),
  trigger(20, 'system maintenance', ['maintenance'], 'hold: MAINTENANCE, DE39 91, ISO AB06'),
  trigger(
    21,
    'excessive refunds',
    ['excessive-refunds', 'refund-of-nothing'],
    'hold: EXCESSIVE_REFUNDS, DE39 59, ISO FRAD',
  ),
  trigger(
    22,
    'payment code',
    ['payment-code'],
    'reverse: PAYMENT_CODE_STATE, DE39 12, ISO CANC',
    'hold: PAYMENT_CODE_STATE, DE39 12, ISO CANC',
  ),
  trigger(
    23,
    'unauthorised or late reversal',
    ['unauthorised-reversal', 'late-reversal'],
    'hold: REVERSAL_NOT_AUTHORISED, DE39 63, ISO ARDT',
    'hold: REVERSAL_WINDOW_PASSED, DE39 57, ISO ARDT',
  ),
  trigger(
    24,
    'sensitive transaction by law or policy',
    ['policy'],
    'hold: POLICY, DE39 57, ISO RR04',
  ),
  trigger(
    25,
    'terminal compromised',
    ['terminal-compromised'],
    'hold: TERMINAL_COMPROMISED, DE39 59, ISO FRAD',
  ),
  trigger(26, 'composite', ['composite'], 'hold: SCORE, DE39 59, ISO FRAD'),
];
