// Injected faults and frauds of a terminal: it breaks while payments are in flight there, it says that
// it stands elsewhere, or somebody has fitted it with a skimmer. They use terminals of their own, where
// no ordinary payer comes by.

import { must } from '../base/assert.ts';
import { openPayment } from './answer-scenarios.ts';
import { labelOf, statusOf, terminalOf } from './derived-rows.ts';
import type { Draft } from './draft.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './scenario.ts';
import { CITIES } from './world-data.ts';

/** Of the terminals. */
const FAULT_PART = 0;
const NETWORK_PART = 1;
const MOVED_PART = 2;
const SKIMMED_PART = 3;
const ONE_FRAUD_PART = 4;
const FAULTS: readonly string[] = ['sensor', 'board', 'power', 'self-test', 'reset'];

/** A payment that is known to have succeeded, or one whose outcome is open. */
function paymentAt(stage: Stage, terminal: number, timeMs: number, isOpen: boolean): Draft {
  const { merchant } = must(stage.world.terminals[terminal], 'terminal');
  const draft = openPayment(stage, timeMs, { channel: 'chip', merchant });
  stage.payments.setTerminal(draft, terminal);
  if (isOpen && stage.random.chance(0.6)) return draft;
  draft.walletStatus = 'charged';
  draft.terminalStatus = isOpen ? '' : 'success';
  return draft;
}

/** It breaks a few seconds after one to three payments began; the one before them was done. */
function faultInFlight(stage: Stage, timeMs: number): boolean {
  const terminal = stage.reservedTerminal(FAULT_PART);
  stage.add(paymentAt(stage, terminal, timeMs, false));
  const count = 1 + stage.random.below(3);
  let at = timeMs + stage.between(1, 5) * MINUTE_MS;
  let draft: Draft | null = null;
  for (let i = 0; i < count; i++) {
    draft = paymentAt(stage, terminal, at, true);
    stage.addGuilty(draft);
    // What had been charged turns out much later.
    if (stage.random.chance(0.4)) {
      stage.add(statusOf(draft, at + stage.between(5, 60) * MINUTE_MS, 'charged', 'failed'));
    }
    at += stage.between(1, 6) * SECOND_MS;
  }
  stage.add(terminalOf(must(draft, 'payment'), at, stage.random.pick(FAULTS)));
  return true;
}

/** It breaks between two customers. */
function faultAtRest(stage: Stage, timeMs: number): boolean {
  const terminal = stage.reservedTerminal(FAULT_PART);
  let at = timeMs;
  for (let i = 0; i < 2; i++) {
    const draft = paymentAt(stage, terminal, at, false);
    stage.addHonest(draft);
    at += stage.between(20, 200) * SECOND_MS;
    if (i === 0) stage.add(terminalOf(draft, at, stage.random.pick(FAULTS)));
    at += stage.between(1, 10) * MINUTE_MS;
  }
  return true;
}

/** It loses the network for a moment; the answer comes all the same. */
function networkBlip(stage: Stage, timeMs: number): boolean {
  const draft = paymentAt(stage, stage.reservedTerminal(NETWORK_PART), timeMs, true);
  stage.addHonest(draft);
  stage.add(terminalOf(draft, timeMs + stage.between(1, 4) * SECOND_MS, 'network'));
  stage.add(statusOf(draft, timeMs + stage.between(5, 25) * SECOND_MS));
  return true;
}

/** It reports a place where it should not be; what is paid there without a place is guilty. */
function reportedElsewhere(stage: Stage, timeMs: number): boolean {
  const index = stage.reservedTerminal(MOVED_PART);
  const { merchant } = must(stage.world.terminals[index], 'terminal');
  const place = must(CITIES[stage.random.below(24)], 'city');
  if (place === stage.world.merchants[merchant]?.city) return false;
  let at = timeMs + stage.between(5, 60) * MINUTE_MS;
  for (let i = 0; i < 2; i++) {
    const draft = paymentAt(stage, index, at, false);
    draft.latE5 = NaN;
    draft.lonE5 = NaN;
    if (i === 0) {
      const report = terminalOf(draft, timeMs);
      report.latE5 = Math.round((place.lat + stage.between(-0.05, 0.05)) * 1e5);
      report.lonE5 = Math.round((place.lon + stage.between(-0.05, 0.05)) * 1e5);
      stage.add(report);
    }
    stage.addGuilty(draft);
    at += stage.between(3, 90) * MINUTE_MS;
  }
  return true;
}

/** A skimming device: two payments turn out as fraud within a day; what follows there is guilty. */
function compromisedTerminal(stage: Stage, timeMs: number): boolean {
  const index = stage.reservedTerminal(SKIMMED_PART);
  const terminal = must(stage.world.terminals[index], 'terminal');
  const pay = (atMs: number): Draft => {
    const account = stage.localAccount(atMs, 2 * DAY_MS, terminal.merchant);
    const draft = stage.payments.make(account, atMs, {
      channel: 'chip',
      merchant: terminal.merchant,
      amountCny: stage.between(20, 600),
    });
    stage.payments.setTerminal(draft, index);
    return draft;
  };
  let knownMs = 0;
  for (let i = 0; i < 2; i++) {
    const skimmed = pay(timeMs + i * stage.between(10, 50) * MINUTE_MS);
    skimmed.knownAtMs = skimmed.timeMs + Math.floor(stage.between(3, 14) * HOUR_MS);
    knownMs = Math.max(knownMs, skimmed.knownAtMs);
    stage.addGuilty(skimmed, 'skimmed-unknown-then');
    stage.add(labelOf(skimmed, skimmed.knownAtMs, 'fraud'));
  }
  let at = knownMs + stage.between(5, 60) * MINUTE_MS;
  for (let i = 0; i < 8; i++) {
    stage.addGuilty(pay(at));
    at += stage.between(10, 120) * MINUTE_MS;
  }
  return true;
}

/** One fraud at a terminal is no pattern: who pays there afterwards is as honest as before. */
function oneFraudThere(stage: Stage, timeMs: number): boolean {
  const index = stage.reservedTerminal(ONE_FRAUD_PART);
  const skimmed = paymentAt(stage, index, timeMs, false);
  skimmed.knownAtMs = skimmed.timeMs + Math.floor(stage.between(2, 8) * HOUR_MS);
  stage.addGuilty(skimmed, 'skimmed-unknown-then');
  stage.add(labelOf(skimmed, skimmed.knownAtMs, 'fraud'));
  for (let i = 0; i < 2; i++) {
    const at = skimmed.knownAtMs + stage.between(0.2, 5) * HOUR_MS;
    stage.addHonest(paymentAt(stage, index, at, false));
  }
  return true;
}

export const TERMINAL_SCENARIOS: readonly Scenario[] = [
  { kind: 'terminal-fault', labelled: 2, guilt: 'fault', plan: faultInFlight },
  { kind: 'fault-at-rest', labelled: 4, guilt: 'none', plan: faultAtRest },
  { kind: 'network-blip', labelled: 2, guilt: 'none', plan: networkBlip },
  { kind: 'terminal-moved', labelled: 2, guilt: 'fault', plan: reportedElsewhere },
  { kind: 'terminal-compromised', labelled: 10, guilt: 'fraud', plan: compromisedTerminal },
  { kind: 'one-fraud-there', labelled: 4, guilt: 'fraud', plan: oneFraudThere },
];
