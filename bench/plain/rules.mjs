// The fourteen rules of bench/rules/fourteen.yaml by hand, in the file's order. NaN and undefined
// compare false, which is what missing means.

const rule = (id, outcome, code, responseCode, isoReason, holds) => ({
  id,
  outcome,
  reason: { code, rule: id, responseCode, isoReason },
  holds,
});

/** `holds(tx, found)`: found are the features and the world's registers and lists. */
export const RULES = [
  rule('small-payments', 'hold', 'VELOCITY_COUNT', '65', 'FRAD', (tx, { account }) => {
    return tx.amount <= 5000 && account.smallCount >= 5;
  }),
  rule('far-above-usual', 'hold', 'AMOUNT_TOO_LARGE', '61', 'AM14', (tx, { account }) => {
    return tx.amount > 250_000 && tx.amount > 12 * account.priorAverage;
  }),
  rule('amount-within-day', 'hold', 'VELOCITY_AMOUNT', '61', 'AM14', (tx, { account }) => {
    return account.daySum > 2_000_000;
  }),
  rule('impossible-travel', 'hold', 'GEO_IMPOSSIBLE_TRAVEL', '59', 'FRAD', (tx, { account }) => {
    return account.km > 100 && account.kmPerHour > 900;
  }),
  rule('account-compromised', 'reverse', 'LISTED_ENTITY', '41', 'SL12', (tx, { compromised }) => {
    return compromised.has(tx.account);
  }),
  rule('merchant-ticket', 'hold', 'AMOUNT_TOO_LARGE', '61', 'AM14', (tx, { merchant }) => {
    return (
      tx.amount > 280_000 &&
      merchant.count >= 20 &&
      tx.amount > 12 * (merchant.sum / merchant.count)
    );
  }),
  rule('merchant-refunds', 'hold', 'EXCESSIVE_REFUNDS', '59', 'FRAD', (tx, { merchant }) => {
    return tx.kind === 'refund' && merchant.count >= 10 && merchant.refundShare > 0.2;
  }),
  rule('merchant-details', 'reverse', 'MERCHANT_MISMATCH', '03', 'RC11', (tx, { registered }) => {
    return (
      registered !== undefined && (registered.mcc !== tx.mcc || registered.country !== tx.country)
    );
  }),
  rule('merchant-unknown', 'reverse', 'INVALID_INPUT', '12', 'RJCT', (tx, { registered }) => {
    return registered === undefined;
  }),
  rule('terminal-not-bound', 'reverse', 'MERCHANT_MISMATCH', '03', 'RC11', (tx, { boundTo }) => {
    return tx.terminal !== undefined && boundTo !== tx.merchant;
  }),
  rule('terminal-rate', 'hold', 'VELOCITY_COUNT', '65', 'FRAD', (tx, { terminal }) => {
    return (
      terminal !== undefined &&
      terminal.hourCount >= 30 &&
      4 * terminal.hourCount > terminal.dayCount
    );
  }),
  rule('shared-address', 'hold', 'IP_CONFLICT', '58', 'DS24', (tx, { merchantsAt }) => {
    return merchantsAt >= 6;
  }),
  rule('duplicate-charge', 'reverse', 'DUPLICATE_CHARGE', '94', 'DUPL', (tx, { chargeCount }) => {
    return chargeCount >= 2;
  }),
  rule('unverified', 'hold', 'POLICY', '57', 'RR04', (tx) => {
    return tx.verification === 'failed' && tx.channel === 'online' && tx.amount > 100_000;
  }),
];
