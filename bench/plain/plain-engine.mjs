// What the engine is compared with: the program that one would write by hand for the same fourteen
// rules. One thread, JSON.parse and JSON.stringify, Maps of objects and arrays; windows keep running
// totals, so its cost does not grow with how full they are. It decides as the engine does, late rows
// and repeats included, holds end after 72 hours; but it writes no evidence.

import { Entities } from './entities.mjs';
import { RULES } from './rules.mjs';

const REPEATS_MS = 86_400_000;
/** The stream has no row that is later: what would happen to it is left out. */
const LATENESS_MS = 300_000;
const HOLD_MS = 72 * 3_600_000;
const SEVERITY = { allow: 0, hold: 1, reverse: 2 };

export class PlainEngine {
  #entities = new Entities();
  #seen = new Map();
  #streamTime = -Infinity;
  /** Holds by when they end, and by id. */
  #holds = [];
  #held = new Map();

  /** @param {ReadonlyMap<string, string>} files CSV by name @param {string} rulesHash to be echoed */
  constructor(files, rulesHash) {
    this.rulesHash = rulesHash;
    const rowsOf = (name) =>
      files
        .get(name)
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
    this.merchants = new Map(
      rowsOf('merchants.csv').map(([key, mcc, country]) => [key, { mcc, country }]),
    );
    this.terminals = new Map(rowsOf('terminals.csv').map(([key, merchant]) => [key, merchant]));
    this.compromised = new Set(rowsOf('compromised.csv').map(([key]) => key));
  }

  /** NDJSON bytes in, NDJSON bytes out. */
  decideBytes(bytes) {
    const lines = bytes.toString('utf8').split('\n');
    const decisions = [];
    for (const line of lines) {
      if (line === '') continue;
      const tx = JSON.parse(line);
      if (tx.time > this.#streamTime) this.#streamTime = tx.time;
      this.#endHolds(decisions);
      decisions.push(JSON.stringify(this.#decideTx(tx, line)));
    }
    decisions.push('');
    return Buffer.from(decisions.join('\n'), 'utf8');
  }

  /** Holds that have ended by now become reverses, before the row in hand. */
  #endHolds(decisions) {
    while (this.#holds.length > 0 && this.#holds[0].dueMs <= this.#streamTime) {
      const { dueMs, decision } = this.#holds.shift();
      if (this.#held.get(decision.transactionId) !== decision) continue;
      this.#held.delete(decision.transactionId);
      decisions.push(JSON.stringify(expired(decision, dueMs)));
    }
  }

  /** Behind those that end before it or at the same time: nearly always at the end. */
  #hold(decision) {
    const hold = { dueMs: decision.hold.expiresAt, decision };
    let at = this.#holds.length;
    while (at > 0 && this.#holds[at - 1].dueMs > hold.dueMs) at--;
    this.#holds.splice(at, 0, hold);
  }

  #decideTx(tx, line) {
    this.#forgetSeen();
    const seen = this.#seen.get(tx.id);
    if (seen?.line === line) return repeatOf(seen.decision);
    if (this.#streamTime - tx.time > LATENESS_MS) throw new Error(`${tx.id} is too late for this`);
    const decision = this.#decide(tx, seen === undefined ? 0 : seen.decision.revision + 1);
    this.#seen.set(tx.id, { line, decision, streamTime: this.#streamTime });
    this.#held.delete(tx.id);
    if (decision.outcome === 'hold') {
      this.#held.set(tx.id, decision);
      this.#hold(decision);
    }
    return decision;
  }

  /** Ids in order of arrival: the oldest are the Map's first. */
  #forgetSeen() {
    for (const [id, { streamTime }] of this.#seen) {
      if (this.#streamTime - streamTime <= REPEATS_MS) return;
      this.#seen.delete(id);
    }
  }

  #find(tx) {
    const entities = this.#entities;
    return {
      account: entities.account(tx),
      merchant: entities.merchant(tx),
      terminal: tx.terminal === undefined ? undefined : entities.terminal(tx),
      merchantsAt: tx.ip === undefined ? undefined : entities.merchantsAt(tx),
      chargeCount:
        tx.walletStatus === 'charged' ? entities.chargeCount(tx, this.#streamTime) : undefined,
      registered: this.merchants.get(tx.merchant),
      boundTo: this.terminals.get(tx.terminal),
      compromised: this.compromised,
    };
  }

  #decide(tx, revision) {
    const found = this.#find(tx);
    const fired = RULES.filter(({ holds }) => holds(tx, found));
    fired.sort((a, b) => SEVERITY[b.outcome] - SEVERITY[a.outcome]);
    const outcome = fired.length > 0 ? fired[0].outcome : 'allow';
    const hold = { expiresAt: tx.time + HOLD_MS, onExpiry: 'reverse' };
    return {
      decisionId: `${tx.id}#${revision}`,
      transactionId: tx.id,
      account: tx.account,
      merchant: tx.merchant,
      order: tx.order,
      outcome,
      reasons: fired.length > 0 ? fired.map(({ reason }) => reason) : undefined,
      hold: outcome === 'hold' ? hold : undefined,
      eventTime: tx.time,
      revision,
      rulesHash: this.rulesHash,
      rulesVersion: '1',
    };
  }
}

function expired({ transactionId, account, decisionId, reasons, revision, ...rest }, dueMs) {
  const { rulesHash, rulesVersion } = rest;
  return {
    decisionId: `${transactionId}#${revision + 1}`,
    transactionId,
    account,
    outcome: 'reverse',
    reasons: [{ code: 'HOLD_EXPIRED' }, ...reasons],
    eventTime: dueMs,
    revision: revision + 1,
    supersedes: decisionId,
    cause: 'hold-expired',
    rulesHash,
    rulesVersion,
  };
}

function repeatOf({ decisionId, transactionId, account, outcome, reasons, ...rest }) {
  const { eventTime, revision, rulesHash } = rest;
  return {
    decisionId,
    transactionId,
    account,
    outcome,
    reasons: reasons?.slice(0, 1),
    flags: ['REPEAT'],
    eventTime,
    revision,
    rulesHash,
  };
}
