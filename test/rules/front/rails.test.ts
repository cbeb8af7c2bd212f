import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { load, planOf, problemsOf } from './help.ts';

const RULES = 'rules:\n  - { id: a, when: tx.lat > 5, outcome: hold, reason: POLICY }\n';
const file = (head: string): string => `ruleset: t\n${head}\n${RULES}`;
const DAY_MS = 86_400_000;

const FILES = {
  'rails/card.yaml': 'rail: card\nvoid: { until: { cutOff: "23:00" } }\n',
  'rails/wallet.yaml': 'rail: wallet\nrefund: { within: 1 year }\n',
  'up/rails/card.yaml': 'rail: card\nrefund: {}\n',
};

/** Methods of the one rail with this text. */
function railOf(text: string): unknown {
  const { life } = planOf(file('timezone: Asia/Shanghai\nrails: r.yaml'), { 'r.yaml': text });
  return life.rails[0];
}

/** `file:line:column message` of what is wrong with a rail of this text. */
function wrongWith(text: string): string[] {
  const result = load(file('rails: r.yaml'), { 'r.yaml': text });
  return (result.ok ? [] : result.problems).map(
    (one) => `${one.file}:${one.line}:${one.column} ${one.message}`,
  );
}

describe('rail files', () => {
  test.each(['card', 'wallet', 'payment-code'])('fixtures/rails/%s.yaml', (name) => {
    const rail = railOf(readFileSync(`fixtures/rails/${name}.yaml`, 'utf8'));
    const cutOff = { notBeforeMs: 0, end: { kind: 'cutOff', days: 0, minuteOfDay: 1380 } };
    const months = (count: number): object => ({
      method: 'REFUND',
      notBeforeMs: 0,
      end: { kind: 'months', months: count },
    });
    const week = { kind: 'length', ms: 7 * DAY_MS };
    const expected = {
      card: {
        methods: [{ method: 'REVERSAL', ...cutOff }, { method: 'VOID', ...cutOff }, months(11)],
        queryFirstMs: null,
      },
      wallet: {
        methods: [{ method: 'REVERSAL', notBeforeMs: 15_000, end: week }, months(12)],
        queryFirstMs: [1000, 2000, 4000, 8000, 16_000, 32_000],
      },
      'payment-code': {
        methods: [{ method: 'REVERSAL', notBeforeMs: 0, end: week }, months(12)],
        queryFirstMs: null,
      },
    }[name];
    expect(rail).toEqual({ name, timezone: 'Asia/Shanghai', ...expected });
  });

  test.each([
    ['refund: {}', { kind: 'never' }],
    ['refund: { notBefore: 1h }', { kind: 'never' }],
    ['refund: { within: 1d12h }', { kind: 'length', ms: 1.5 * DAY_MS }],
    ['refund: { within: 1 month }', { kind: 'months', months: 1 }],
    ['refund: { within: 2 years }', { kind: 'months', months: 24 }],
    ['refund: { until: { cutOff: 00:05 } }', { kind: 'cutOff', days: 0, minuteOfDay: 5 }],
    [
      'refund: { until: { cutOff: "24:00", days: 3 } }',
      { kind: 'cutOff', days: 3, minuteOfDay: 1440 },
    ],
  ])('%s', (text, end) => {
    expect(railOf(`rail: r\n${text}\n`)).toMatchObject({ methods: [{ method: 'REFUND', end }] });
  });

  test('its time zone is its own, or that of the rules', () => {
    expect(railOf('rail: r\nrefund: {}\n')).toMatchObject({ timezone: 'Asia/Shanghai' });
    expect(railOf('rail: r\ntimezone: Europe/Berlin\nrefund: {}\n')).toMatchObject({
      timezone: 'Europe/Berlin',
    });
    const { life } = planOf(file('rails: r.yaml'), { 'r.yaml': 'rail: r\nrefund: {}\n' });
    expect(life.rails[0]?.timezone).toBe('UTC');
  });

  test.each([
    ['rail: r\n', 'r.yaml:1:7 The rail has no way back: expected "reversal", "void" or "refund".'],
    ['refund: {}\n', 'r.yaml:1:1 The key "rail" is missing in the rail file.'],
    ['rail: 5\nrefund: {}\n', 'r.yaml:1:7 Here rail must be a text: put it in quotes, "5".'],
    [
      'rail: ""\nrefund: {}\n',
      'r.yaml:1:7 The name of a rail has 1 to 64 characters (code points).',
    ],
    ['', 'r.yaml:1:1 The file is empty.'],
    ['rail: r\nrefund: { within: 0s }\n', 'r.yaml:2:19 Here within must be from 1ms to 3660d.'],
    [
      'rail: r\ntimezone: CST\nrefund: {}\n',
      'r.yaml:2:11 There is no time zone "CST"; expected an IANA name such as Asia/Shanghai.',
    ],
    [
      'rail: r\nrefund: { until: { cutOff: "23:60" } }\n',
      'r.yaml:2:28 Here cutOff must be a time of day from 00:00 to 24:00, such as "23:00", not "23:60".',
    ],
    [
      'rail: r\nrefund: { until: { cutOff: "9:00" } }\n',
      'r.yaml:2:28 Here cutOff must be a time of day from 00:00 to 24:00, such as "23:00", not "9:00".',
    ],
  ])('%j: %s', (text, message) => {
    expect(wrongWith(text)).toContain(message);
  });
});

describe('rails of a rules file', () => {
  test.each([
    // [what the rules file says, names of its rails, index of the default]
    ['', [], -1],
    ['rails: rails/card.yaml', ['card'], 0],
    ['rails: [rails/card.yaml, rails/wallet.yaml]\nrail: wallet', ['card', 'wallet'], 1],
    [
      'rails: { wallet: rails/wallet.yaml, card: rails/card.yaml }\nrail: wallet',
      ['wallet', 'card'],
      0,
    ],
    ['rails: { card: ./up/../rails/card.yaml }', ['card'], 0],
  ])('%s', (head, names, index) => {
    const { life } = planOf(file(head), FILES);
    expect(life.rails.map(({ name }) => name)).toEqual(names);
    expect(life.rail).toBe(index);
  });

  test('paths are relative to the file that names them', () => {
    const { life } = planOf(file('include: up/more.yaml'), {
      ...FILES,
      'up/more.yaml': 'rails: rails/card.yaml\n',
    });
    expect(life.rails[0]?.methods[0]?.method).toBe('REFUND');
  });

  test('several rails and none by default: a warning', () => {
    const result = load(file('rails: [rails/card.yaml, rails/wallet.yaml]'), FILES);
    expect(
      result.ok && [result.plan.life.rail, result.warnings.map(({ message }) => message)],
    ).toEqual([
      -1,
      ['Payments that name no rail have none: say which they mean, such as rail: card.'],
    ]);
  });

  test.each([
    ['rail: card', '2:7 There is no rail "card": "rails" declares none.'],
    [
      'rails: [rails/card.yaml, rails/wallet.yaml]\nrail: crad',
      '3:7 There is no rail "crad": expected "card" or "wallet". (did you mean card)',
    ],
    [
      'rails: { crad: rails/card.yaml }\nrail: card',
      '2:10 The file "rails/card.yaml" is of the rail "card", not of "crad".',
    ],
    [
      'rails: [rails/card.yaml, up/rails/card.yaml]',
      '2:26 The rail "card" is declared in "rails/card.yaml" already.',
    ],
    ['rails: gone.yaml\nrail: card', '2:8 The file of a rail "gone.yaml" does not exist.'],
  ])('%s: %s', (head, message) => {
    expect(problemsOf(file(head), FILES)).toEqual([message]);
  });

  test('what they say is part of the hash', () => {
    const hashOf = (text: string): string => planOf(file('rails: r.yaml'), { 'r.yaml': text }).hash;
    expect(hashOf('rail: r\nrefund: { within: 7d }\n')).not.toBe(
      hashOf('rail: r\nrefund: { within: 8d }\n'),
    );
    expect(hashOf('rail: r\r\nrefund: {}\r\n')).toBe(hashOf('rail: r\nrefund: {}\n'));
  });
});
