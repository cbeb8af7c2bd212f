// What a row tells of other payments: applied to their lives, which are then decided again.

import type { Kept } from './life-record.ts';
import { applyStatus } from './life-record.ts';
import type { LifeAgain } from './life-again.ts';
import type { LifeStore } from './life-store.ts';
import type { OracleRow } from './rows.ts';

export class LifeEvents {
  readonly #store: LifeStore;
  readonly #again: LifeAgain;

  constructor(store: LifeStore, again: LifeAgain) {
    this.#store = store;
    this.#again = again;
  }

  /**
   * What a good row that is no repeat tells of others.
   * @param former payment that a refund was about before, and is no more
   */
  after(row: OracleRow, former: Kept | undefined): void {
    const kind = this.#store.text(row, 'kind') ?? '';
    const event = { row, causedBy: row.id, time: row.time };
    switch (kind) {
      case 'payment':
        this.#applyWaiting(row.id);
        break;
      case 'refund':
      case 'reversal': {
        if (this.#store.mode !== 'all') break;
        const payment = this.#store.paymentOf(row);
        if (payment === undefined) this.#store.wait(row);
        else this.#again.reconsider(payment, { ...event, cause: kind });
        if (former !== undefined && this.#store.find(former.id) === former) {
          this.#again.reconsider(former, { ...event, cause: kind });
        }
        this.#applyWaiting(row.id);
        break;
      }
      case 'release':
      case 'status':
      case 'label': {
        const of = this.#store.text(row, 'of');
        const record = of === undefined ? undefined : this.#concerned(of, kind);
        if (record === undefined) this.#store.wait(row);
        else this.#tell(record, row, kind);
        break;
      }
      case 'code':
        this.#tellCode(row);
        break;
      default:
        this.#tellTerminal(row);
    }
  }

  /** A release is about any decision, the others about payments. */
  #concerned(of: string, kind: string): Kept | undefined {
    if (kind === 'release') return this.#store.find(of);
    return this.#store.mode === 'all' ? this.#store.payment(of) : undefined;
  }

  #tell(record: Kept, row: OracleRow, kind: string): void {
    this.#store.touch(record);
    const event = { row, causedBy: row.id, time: row.time };
    if (kind === 'release') {
      this.#again.release(record, { ...event, cause: 'release' });
      return;
    }
    const { life } = record;
    if (kind === 'status') {
      applyStatus(
        life,
        this.#store.text(row, 'walletStatus'),
        this.#store.text(row, 'terminalStatus'),
        this.#store.amountOf(row, record),
      );
      this.#store.land(record);
      this.#again.reconsider(record, { ...event, cause: 'status' });
    } else {
      life.label = this.#store.text(row, 'label');
      this.#again.reconsider(record, { ...event, cause: 'label' });
    }
  }

  #tellCode(row: OracleRow): void {
    const code = this.#store.codeOf(row);
    if (code === undefined) return;
    const state = this.#store.text(row, 'codeState');
    code.state = state ?? code.state;
    const members = code.members.filter((one) => this.#store.isKept(one));
    for (const record of members) {
      record.life.codeState = state ?? record.life.codeState;
      this.#store.touch(record);
      this.#again.reconsider(record, { cause: 'code', row, causedBy: row.id, time: row.time });
    }
  }

  #tellTerminal(row: OracleRow): void {
    const terminal = this.#store.text(row, 'terminal');
    if (this.#store.text(row, 'fault') === undefined || terminal === undefined) return;
    for (const record of this.#store.flightsOn(terminal)) {
      this.#store.touch(record);
      this.#again.reconsider(record, { cause: 'fault', row, causedBy: row.id, time: row.time });
    }
  }

  /** What waited for the row that was just decided. */
  #applyWaiting(id: string): void {
    const record = this.#store.find(id);
    if (record === undefined || this.#store.mode !== 'all') return;
    for (const row of this.#store.takeWaiting(id))
      this.#applyLate(record, row, this.#store.text(row, 'kind') ?? '');
  }

  #applyLate(record: Kept, row: OracleRow, kind: string): void {
    // A refund or reversal hears of releases only; of anything else it is not the payment.
    if (record.kind !== 'payment' && kind !== 'release') return;
    const { life } = record;
    if (kind !== 'refund' && kind !== 'reversal') {
      life.conflict = 'event-before-payment';
      this.#tell(record, row, kind);
      return;
    }
    const own = this.#store.find(row.id);
    life.conflict = kind === 'refund' ? 'refund-before-payment' : 'reversal-before-payment';
    // Of a version that was decided anew nothing is counted.
    const isOut =
      own === undefined || (own.row.content === row.content && own.newest.outcome === 'allow');
    if (isOut && own?.hasMoved !== true) {
      this.#store.move(record, kind, this.#store.amountOf(row, record));
      if (own !== undefined) own.hasMoved = true;
    }
    this.#again.reconsider(record, { cause: kind, row, causedBy: row.id, time: row.time });
  }
}
