// One generated row before it is written: plain numbers and constant strings, so that making
// and writing one costs no text. '' and NaN (and a null `of`) mean that the key is left out.

/** `kind` of every injected scenario; rules name the same triggers. */
export type InjectedKind = string;

export class Draft {
  /** Given when the row is written: ids grow in stream order. */
  id: number = NaN;
  kind: string = 'payment';
  timeMs: number = NaN;
  account: number = NaN;
  card: number = NaN;
  /** YYMM */
  expiry: number = NaN;
  amount: number = NaN;
  currency: string = '';
  merchant: string = '';
  merchantName: string = '';
  mcc: string = '';
  city: string = '';
  country: string = '';
  terminal: string = '';
  softwareVersion: string = '';
  channel: string = '';
  latE5: number = NaN;
  lonE5: number = NaN;
  /** IPv4 as an unsigned number. */
  ip: number = NaN;
  /** 32-bit number, written as eight hexadecimal digits. */
  device: number = NaN;
  verification: string = '';
  terminalStatus: string = '';
  walletStatus: string = '';
  balance: number = NaN;
  accountState: string = '';
  durationMs: number = NaN;
  order: number = NaN;
  paymentCode: number = NaN;
  codeState: string = '';
  rail: string = '';
  /** The row that this one is about; its id is known once it is written. */
  of: Draft | null = null;
  operator: string = '';
  credential: string = '';
  release: string = '';
  fault: string = '';
  label: string = '';

  /** What was injected, '' for ordinary rows. */
  injected: InjectedKind = '';
  /** True when the injected row is honest and only looks suspicious. */
  isGenuine: boolean = false;
  /** Value of the labels file for an injected row: 'fraud' or 'chargeback'. */
  truth: string = '';
  /** When that would be known; NaN = some days after the row. */
  knownAtMs: number = NaN;

  /** A new row, without an id of its own yet. */
  copy(): Draft {
    return Object.assign(new Draft(), this, { id: NaN });
  }
}
