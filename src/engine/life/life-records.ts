// What events do to a payment's record: the state machine of docs/lifecycle.md. Nothing is decided here.
// States in a record are index + 1 of their value in the contract or in domain/life.ts; 0 = unknown.

import { CONFLICTS, PAYMENT_STATES } from '../../domain/life.ts';
import type { Conflict, PaymentState } from '../../domain/life.ts';
import { ROW_FLAG } from '../../domain/row-layout.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_FLAG } from '../../state/lives.ts';
import type { Lives } from '../../state/lives.ts';
import { RARE_D, RARE_W } from '../../state/rare-values.ts';

const stateNumber = (state: PaymentState): number => PAYMENT_STATES.indexOf(state) + 1;
const conflictNumber = (conflict: Conflict): number => CONFLICTS.indexOf(conflict) + 1;

const STATE = {
  attempted: stateNumber('attempted'),
  charged: stateNumber('charged'),
  notCharged: stateNumber('not-charged'),
  partlyRefunded: stateNumber('partly-refunded'),
  refunded: stateNumber('refunded'),
  reversed: stateNumber('reversed'),
} as const;

/** Index + 1 in the values of walletStatus and terminalStatus. */
export const WALLET = { charged: 1, notCharged: 2, unknown: 3 } as const;
export const TERMINAL = { success: 1, failed: 2, unknown: 3 } as const;
/** What was given back of a payment, by refunds or a reversal: as a row's flags have it. */
export const GIVEN_BACK: Readonly<Record<'nothing' | 'part' | 'all', number>> = {
  nothing: 0,
  part: ROW_FLAG.partlyBack,
  all: ROW_FLAG.whollyBack,
};
export const RECORD_KIND = { payment: 0, refund: 1, reversal: 2 } as const;

export class LifeRecords {
  readonly lives: Lives;

  constructor(lives: Lives) {
    this.lives = lives;
  }

  get(record: number, byte: number): number {
    return this.lives.bytes[this.lives.byteAt(record, byte)] as number;
  }

  set(record: number, byte: number, value: number): void {
    this.lives.bytes[this.lives.byteAt(record, byte)] = value;
  }

  hasFlag(record: number, flag: number): boolean {
    return (this.get(record, LIFE_B.flags) & flag) !== 0;
  }

  setFlag(record: number, flag: number): void {
    this.set(record, LIFE_B.flags, this.get(record, LIFE_B.flags) | flag);
  }

  clearFlag(record: number, flag: number): void {
    this.set(record, LIFE_B.flags, this.get(record, LIFE_B.flags) & ~flag);
  }

  /** Record of a payment by its id's hash, or -1. */
  findPayment(lo: number, hi: number): number {
    const record = this.lives.find(lo, hi);
    return record >= 0 && this.get(record, LIFE_B.kind) === RECORD_KIND.payment ? record : -1;
  }

  refundCount(record: number): number {
    return this.lives.rare.get(record, RARE_W.refunds);
  }

  isPending(record: number): boolean {
    const wallet = this.get(record, LIFE_B.walletStatus);
    const isKnown = wallet === WALLET.charged || wallet === WALLET.notCharged;
    return !isKnown || this.get(record, LIFE_B.terminalStatus) === TERMINAL.unknown;
  }

  /** On its terminal, as far as is known: a fault there may have cut it short. */
  isInFlight(record: number): boolean {
    if (this.get(record, LIFE_B.kind) !== RECORD_KIND.payment) return false;
    if (!this.hasFlag(record, LIFE_FLAG.onTerminal)) return false;
    if (this.get(record, LIFE_B.state) === STATE.reversed) return false;
    const isSilent =
      this.get(record, LIFE_B.walletStatus) === WALLET.charged &&
      this.get(record, LIFE_B.terminalStatus) === 0;
    return isSilent || this.isPending(record);
  }

  conflict(record: number, conflict: Conflict): void {
    this.set(record, LIFE_B.conflict, conflictNumber(conflict));
  }

  /**
   * News of wallet and terminal (0 = none). `lives.doubles` may get the amount that the wallet
   * charged before. `unknown` does not take back what is known.
   */
  applyStatus(record: number, wallet: number, terminal: number): void {
    const oldWallet = this.get(record, LIFE_B.walletStatus);
    const oldTerminal = this.get(record, LIFE_B.terminalStatus);
    const isReversed = this.get(record, LIFE_B.state) === STATE.reversed;
    if (isReversed && wallet === WALLET.charged && oldWallet !== WALLET.charged) {
      this.conflict(record, 'status-after-reversal');
    } else if (contradicts(oldWallet, wallet) || contradicts(oldTerminal, terminal)) {
      this.conflict(record, 'status-contradicts');
    }
    this.hear(record, wallet, terminal);
  }

  /** Words of wallet and terminal (0 = none), and the state that follows. */
  hear(record: number, wallet: number, terminal: number): void {
    if (wallet !== 0 && !isLessKnown(this.get(record, LIFE_B.walletStatus), wallet)) {
      this.set(record, LIFE_B.walletStatus, wallet);
    }
    if (terminal !== 0 && !isLessKnown(this.get(record, LIFE_B.terminalStatus), terminal)) {
      this.set(record, LIFE_B.terminalStatus, terminal);
    }
    this.settleState(record);
  }

  /** State and the charged flag, from the wallet's word and what was refunded. */
  settleState(record: number): void {
    const wallet = this.get(record, LIFE_B.walletStatus);
    if (wallet === WALLET.charged) this.setFlag(record, LIFE_FLAG.charged);
    else this.clearFlag(record, LIFE_FLAG.charged);
    if (this.get(record, LIFE_B.state) === STATE.reversed) return;
    this.set(record, LIFE_B.state, this.#stateOf(record, wallet));
  }

  #stateOf(record: number, wallet: number): number {
    const d = record * LIFE_DOUBLES;
    const { rare } = this.lives;
    const refunded = rare.doubles[rare.at(record) + RARE_D.refunded] as number;
    if (refunded > 0 || this.refundCount(record) > 0) {
      const charged = this.lives.doubles[d + LIFE_D.charged] as number;
      return refunded < charged ? STATE.partlyRefunded : STATE.refunded;
    }
    if (wallet === WALLET.charged) return STATE.charged;
    return wallet === WALLET.notCharged ? STATE.notCharged : STATE.attempted;
  }

  /** One refund more (sign 1), or one less because it is held after all (-1). */
  countRefund(record: number, amount: number, sign: number): void {
    const { rare } = this.lives;
    if (amount === amount) {
      const at = rare.ensure(record) + RARE_D.refunded;
      rare.doubles[at] = (rare.doubles[at] as number) + sign * amount;
    }
    rare.set(record, RARE_W.refunds, Math.max(0, this.refundCount(record) + sign));
  }

  /** What a refund says against the order of things; it is counted already. */
  noteRefund(record: number, isEarly: boolean): void {
    const d = record * LIFE_DOUBLES;
    const { doubles } = this.lives;
    const { rare } = this.lives;
    const refunded = rare.doubles[rare.at(record) + RARE_D.refunded] as number;
    if (isEarly) this.conflict(record, 'refund-before-payment');
    else if (this.get(record, LIFE_B.state) === STATE.reversed) {
      this.conflict(record, 'refund-after-reversal');
    } else if (this.get(record, LIFE_B.walletStatus) === WALLET.notCharged) {
      this.conflict(record, 'refund-of-uncharged');
    } else if (refunded > (doubles[d + LIFE_D.charged] as number)) {
      this.conflict(record, 'refund-exceeds-charge');
    }
  }

  noteReversal(record: number, isEarly: boolean): void {
    const state = this.get(record, LIFE_B.state);
    if (isEarly) this.conflict(record, 'reversal-before-payment');
    else if (state === STATE.reversed) this.conflict(record, 'reversal-after-reversal');
    else if (state === STATE.partlyRefunded || state === STATE.refunded) {
      this.conflict(record, 'reversal-after-refund');
    }
  }

  /** How much of a payment was given back: one of GIVEN_BACK. */
  givenBack(record: number): number {
    const state = this.get(record, LIFE_B.state);
    if (state === STATE.reversed) return GIVEN_BACK.all;
    if (state !== STATE.refunded && state !== STATE.partlyRefunded) return GIVEN_BACK.nothing;
    const { rare } = this.lives;
    const refunded = rare.doubles[rare.at(record) + RARE_D.refunded] as number;
    // Where the amounts cannot be compared there may be a rest.
    const charged = this.lives.doubles[record * LIFE_DOUBLES + LIFE_D.charged] as number;
    return refunded >= charged ? GIVEN_BACK.all : GIVEN_BACK.part;
  }

  reverse(record: number): void {
    this.set(record, LIFE_B.state, STATE.reversed);
  }
}

/** Both are known, and differ. */
function contradicts(before: number, after: number): boolean {
  return before !== 0 && after !== 0 && before !== 3 && after !== 3 && before !== after;
}

/** `unknown` after a word. */
function isLessKnown(before: number, after: number): boolean {
  return after === 3 && before !== 0 && before !== 3;
}
