// Features: equal ones are one, whoever uses them and however they are written; and the facts that
// their state depends on.

import { describe, expect, test } from 'vitest';
import { FILES, planOf, withCondition } from './help.ts';

const featuresOf = (when: string) => planOf(withCondition(when), FILES).features;

describe('features', () => {
  test.each([
    ['account.count("10m") > 1 && account.count("600s") > 2', 1],
    ['small > 1 && account.count("10m", tx.amount <= 50.00) > 2', 1],
    [
      'small > 1 && account.count("10m", isSmall) > 2 && account.count("10m", !(tx.amount > 50)) > 3',
      1,
    ],
    ['account.count("24h") > 1 && account.count("1d") > 1 && account.count("day") > 1', 2],
    ['account.count("10m") > 1 && account.prior.count("10m") > 1', 2],
    ['account.count("10m") > 1 && merchant.count("10m") > 1', 2],
    ['account.count("1h", tx.vip && isSmall) > 1 && account.count("1h", isSmall && tx.vip) > 1', 2],
    ['account.sum("1h", tx.amount) > 5 && account.sum("1h", tx.balance) > 5', 2],
  ])('%s: %i', (when, count) => {
    expect(featuresOf(when)).toHaveLength(count);
  });

  test.each([
    ['account.count("1h") > 1', true],
    ['account.count("1h", tx.amount > 5) > 1', true],
    ['account.count("1h", tx.kind == "label") > 1', false],
    ['account.count("1h", has(tx.label)) > 1', false],
    ['account.count("1h", tx.vip || !(tx.fault in ["power"])) > 1', false],
    ['account.count("1h", (tx.codeState == "new" ? 1 : 2) > 1) > 1', false],
    ['account.ratio("1h", tx.amount > 5, tx.kind == "payment") > 0.5', false],
    ['account.sum("1h", tx.kind == "refund" ? 1 : 0) > 1', true],
    ['account.last(tx.label) == "fraud"', true],
  ])('%s counts decided kinds only: %s', (when, decidedOnly) => {
    expect(featuresOf(when)[0]?.decidedOnly).toBe(decidedOnly);
  });

  test.each([
    ['tx.amount', true],
    ['tx.amount * 2', true],
    ['tx.amount * 0.5', false],
    ['tx.amount / 2', false],
    ['tx.visits + 1', true],
    ['tx.visits * tx.visits', false],
    ['tx.risk', false],
    ['round(tx.risk)', true],
    ['tx.vip ? 1 : 0', true],
    ['tx.durationMs', true],
    ['tx.lat', false],
    ['merchants[tx.merchant].limit', true],
    ['min(tx.amount, 50)', true],
  ])('a sum of %s is of whole numbers: %s', (value, isInteger) => {
    expect(featuresOf(`account.sum("1h", ${value}) > 5`)[0]?.isInteger).toBe(isInteger);
  });

  test.each([
    ['account.sum("1h", tx.amount) > 5', 'money'],
    ['account.avg("1h", tx.durationMs) > 5', 'duration'],
    ['account.max("1h", tx.time) < tx.time', 'time'],
    ['account.distinct("1h", tx.amount) > 5', 'number'],
    ['account.last(tx.city) == "x"', 'string'],
    ['account.last(tx.vip)', 'boolean'],
    ['account.age() > "1d"', 'duration'],
    ['account.speedKmh() > 5', 'number'],
  ])('%s has type %s', (when, type) => {
    expect(featuresOf(when)[0]?.type).toBe(type);
  });

  test('only what rules use is in the plan', () => {
    const plan = planOf(withCondition('charge.count("5m") > 1 && account.distanceKm() > 5'), FILES);
    expect(plan.entities.map(({ name }) => name)).toEqual(['charge', 'account']);
    expect(plan.entities[0]?.keyFields).toHaveLength(4);
    expect(plan.fieldsRead.toSorted()).toEqual(
      ['account', 'amount', 'currency', 'lat', 'lon', 'merchant'].toSorted(),
    );
  });
});
