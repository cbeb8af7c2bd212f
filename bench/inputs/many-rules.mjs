// A rules file of many rules over the fourteen's own features, as a large team would have: each asks
// other thresholds, categories or channels. Few rows fire any of them.

import { fourteenText } from './plans.mjs';

const MCCS = ['5411', '5812', '5814', '5541', '5912'];
const CHANNELS = ['chip', 'contactless', 'online'];

/** `k` is the rule's number: conditions of the same form differ in it. */
const FORMS = [
  (k) => `isSmall && account.count("10m", isSmall) >= ${8 + k}`,
  (k) =>
    `tx.mcc == "${MCCS[k % 5]}" && tx.amount > ${2990 + k}.00 && account.sum("24h", tx.amount) > ${9000 + k}.00`,
  (k) => `tx.amount > ${20 + k} * account.prior.avg("30d", tx.amount) && tx.amount > 2900.00`,
  (k) => `account.distanceKm() > ${500 + k} && account.speedKmh() > ${2000 + k}`,
  (k) =>
    `tx.channel == "${CHANNELS[k % 3]}" && merchant.sum("24h", tx.amount) > ${k}00000.00 && merchant.count("24h") < ${3 + (k % 5)}`,
  (k) =>
    `tx.kind == "refund" && merchant.ratio("24h", tx.kind == "refund", tx.kind == "payment") > 0.${40 + (k % 60)}`,
  (k) => `terminal.count("1h") >= ${50 + k} && terminal.count("24h") < ${60 + k}`,
  (k) => `ip.distinct("1h", tx.merchant) >= ${8 + (k % 40)} && tx.channel != "online"`,
  (k) => `charge.count("5m", isCharged) >= ${3 + (k % 20)}`,
  (k) => `tx.verification == "failed" && tx.mcc == "${MCCS[k % 5]}" && tx.amount > ${2900 + k}.00`,
];

/** @param {number} count rules in all, the fourteen included */
export function manyRulesText(count) {
  const text = fourteenText();
  const rules = [];
  for (let k = 0; k < count - 14; k++) {
    const when = FORMS[k % FORMS.length](Math.floor(k / FORMS.length) + 1);
    rules.push(
      `  - id: more-${k}\n    when: >-\n      ${when}\n    outcome: hold\n    reason: POLICY\n`,
    );
  }
  return text + rules.join('');
}
