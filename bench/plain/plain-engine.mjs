// What the engine is compared with: the program that one would write by hand for the same fourteen
// rules. One thread, JSON.parse and JSON.stringify, Maps of objects and arrays; windows keep running
// totals, so its cost does not grow with how full they are. It decides as the engine does, late rows
// and repeats included, but writes no evidence.

import { Entities } from './entities.mjs';
import { RULES } from './rules.mjs';

const REPEATS_MS = 86_400_000;
/** The stream has no row that is later: what would happen to it is left out. */
const LATENESS_MS = 300_000;
const SEVERITY = { allow: 0, hold: 1, reverse: 2 };

export class PlainEngine {
  #entities = new Entities();
  #seen = new Map();
  #streamTime = -Infinity;

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
      if (line !== '') decisions.push(JSON.stringify(this.#decideLine(line)));
    }
    decisions.push('');
    return Buffer.from(decisions.join('\n'), 'utf8');
  }

  #decideLine(line) {
    const tx = JSON.parse(line);
    if (tx.time > this.#streamTime) this.#streamTime = tx.time;
    this.#forgetSeen();
    const seen = this.#seen.get(tx.id);
    if (seen?.line === line) return repeatOf(seen.decision);
    if (this.#streamTime - tx.time > LATENESS_MS) throw new Error(`${tx.id} is too late for this`);
    const decision = this.#decide(tx, seen === undefined ? 0 : seen.decision.revision + 1);
    this.#seen.set(tx.id, { line, decision, streamTime: this.#streamTime });
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
    return {
      decisionId: `${tx.id}#${revision}`,
      transactionId: tx.id,
      account: tx.account,
      merchant: tx.merchant,
      order: tx.order,
      outcome: fired.length > 0 ? fired[0].outcome : 'allow',
      reasons: fired.length > 0 ? fired.map(({ reason }) => reason) : undefined,
      eventTime: tx.time,
      revision,
      rulesHash: this.rulesHash,
      rulesVersion: '1',
    };
  }
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
