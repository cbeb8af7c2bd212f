// The transaction as a program hands it over: the contract's keys with their types. What decides
// whether a row is good are the decoders, not this type; a test holds its keys equal to fields.ts.

import type { Kind } from './fields.ts';

/**
 * One row. Money is in minor units of `currency`, durations in ms, degrees WGS 84. Which kinds need
 * which keys stands in fields.ts; extra fields that a rules file declares are keys beside these. A key
 * that is `undefined` is absent, so the type takes one (under `exactOptionalPropertyTypes` too).
 */
export interface Transaction {
  readonly id: string;
  readonly kind: Kind;
  /** Ms since the epoch, UTC, or an RFC 3339 date and time with its offset. */
  readonly time: number | string;
  readonly account?: string | undefined;
  readonly card?: string | undefined;
  readonly expiry?: string | undefined;
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
  readonly merchant?: string | undefined;
  readonly merchantName?: string | undefined;
  readonly mcc?: string | undefined;
  readonly city?: string | undefined;
  readonly country?: string | undefined;
  readonly terminal?: string | undefined;
  readonly softwareVersion?: string | undefined;
  readonly channel?: 'chip' | 'swipe' | 'contactless' | 'payment-code' | 'online' | undefined;
  readonly lat?: number | undefined;
  readonly lon?: number | undefined;
  readonly ip?: string | undefined;
  readonly device?: string | undefined;
  readonly verification?: 'ok' | 'failed' | 'none' | undefined;
  readonly terminalStatus?: 'success' | 'failed' | 'unknown' | undefined;
  readonly walletStatus?: 'charged' | 'not-charged' | 'unknown' | undefined;
  readonly balance?: number | undefined;
  readonly accountState?: 'active' | 'frozen' | 'closed' | undefined;
  readonly durationMs?: number | undefined;
  readonly order?: string | undefined;
  readonly paymentCode?: string | undefined;
  readonly codeState?: 'new' | 'scanned' | 'paid' | 'expired' | 'cancelled' | undefined;
  readonly rail?: string | undefined;
  readonly of?: string | undefined;
  readonly operator?: string | undefined;
  readonly credential?: 'ok' | 'failed' | undefined;
  readonly release?: 'approve' | 'decline' | undefined;
  readonly fault?: 'sensor' | 'board' | 'power' | 'self-test' | 'reset' | 'network' | undefined;
  readonly label?: 'fraud' | 'genuine' | 'chargeback' | undefined;
}

/** A transaction, with the extra fields that a rules file declares beside the contract's. */
export type TransactionInput = Transaction | (Transaction & Readonly<Record<string, unknown>>);
