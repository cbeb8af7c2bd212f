// The transaction as a program hands it over: the contract's keys with their types. What decides
// whether a row is good are the decoders, not this type; a test holds its keys equal to fields.ts.

import type { Kind } from './fields.ts';

/**
 * One row. Money is in minor units of `currency`, durations in ms, degrees WGS 84. Which kinds need
 * which keys stands in fields.ts; extra fields that a rules file declares are keys beside these.
 */
export interface Transaction {
  readonly id: string;
  readonly kind: Kind;
  /** Ms since the epoch, UTC, or an RFC 3339 date and time with its offset. */
  readonly time: number | string;
  readonly account?: string;
  readonly card?: string;
  readonly expiry?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly merchant?: string;
  readonly merchantName?: string;
  readonly mcc?: string;
  readonly city?: string;
  readonly country?: string;
  readonly terminal?: string;
  readonly softwareVersion?: string;
  readonly channel?: 'chip' | 'swipe' | 'contactless' | 'payment-code' | 'online';
  readonly lat?: number;
  readonly lon?: number;
  readonly ip?: string;
  readonly device?: string;
  readonly verification?: 'ok' | 'failed' | 'none';
  readonly terminalStatus?: 'success' | 'failed' | 'unknown';
  readonly walletStatus?: 'charged' | 'not-charged' | 'unknown';
  readonly balance?: number;
  readonly accountState?: 'active' | 'frozen' | 'closed';
  readonly durationMs?: number;
  readonly order?: string;
  readonly paymentCode?: string;
  readonly codeState?: 'new' | 'scanned' | 'paid' | 'expired' | 'cancelled';
  readonly rail?: string;
  readonly of?: string;
  readonly operator?: string;
  readonly credential?: 'ok' | 'failed';
  readonly release?: 'approve' | 'decline';
  readonly fault?: 'sensor' | 'board' | 'power' | 'self-test' | 'reset' | 'network';
  readonly label?: 'fraud' | 'genuine' | 'chargeback';
}

/** A transaction, with the extra fields that a rules file declares beside the contract's. */
export type TransactionInput = Transaction | (Transaction & Readonly<Record<string, unknown>>);
