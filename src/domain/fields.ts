// The transaction's keys: names, types, limits and which kinds need them.
// Source: the transaction contract; docs/schemas/transaction.schema.json is made from this table.

/** What a key's value must be in JSON or msgpack. */
export type FieldType =
  | 'string'
  | 'enum'
  | 'integer' // whole number within ±2^53
  | 'money' // integer in minor units of the transaction's currency
  | 'time' // integer ms since the epoch, UTC, or an RFC 3339 string
  | 'duration' // integer ms
  | 'latitude' // degrees WGS 84, read to 1e-7°
  | 'longitude'
  | 'number' // declared extra fields only
  | 'boolean'; // declared extra fields only

export const KINDS = [
  'payment',
  'refund',
  'reversal',
  'release',
  'status',
  'terminal',
  'code',
  'label',
] as const;
export type Kind = (typeof KINDS)[number];
/** Kinds with an index below this are decided, the others inform. */
export const DECIDED_KIND_COUNT = 3;

export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  /** Allowed values of an enum. */
  readonly values?: readonly string[];
  /** Longest value in bytes, of strings and enums. */
  readonly bytesMax: number;
  /** Kinds that must carry it. */
  readonly neededBy: readonly Kind[];
  readonly meaning: string;
}

const STRING_BYTES_MAX = 1024;
const KEY_BYTES_MAX = 64;
const MONEY_KINDS: readonly Kind[] = ['payment', 'refund'];
const ALL_BUT_TERMINAL: readonly Kind[] = KINDS.filter((kind) => kind !== 'terminal');

function field(
  name: string,
  type: FieldType,
  meaning: string,
  more: Partial<FieldSpec> = {},
): FieldSpec {
  return { name, type, bytesMax: STRING_BYTES_MAX, neededBy: [], meaning, ...more };
}

function oneOf(name: string, values: readonly string[], meaning: string): FieldSpec {
  return field(name, 'enum', meaning, { values });
}

/** Every key of the contract, in its order. A field's index in this array is its number. */
export const TRANSACTION_FIELDS: readonly FieldSpec[] = [
  field('id', 'string', 'unique id of the row', { bytesMax: KEY_BYTES_MAX, neededBy: KINDS }),
  field('kind', 'enum', 'what happened', { values: KINDS, neededBy: KINDS }),
  field('time', 'time', 'event time', { neededBy: KINDS }),
  field('account', 'string', 'wallet or card account', {
    bytesMax: KEY_BYTES_MAX,
    neededBy: ALL_BUT_TERMINAL,
  }),
  field('card', 'string', 'PAN or token; 13-19 digits are a PAN'),
  field('expiry', 'string', 'card expiry, YYMM'),
  field('amount', 'money', 'amount', { neededBy: MONEY_KINDS }),
  field('currency', 'string', 'ISO 4217', { neededBy: MONEY_KINDS }),
  field('merchant', 'string', 'merchant number', {
    bytesMax: KEY_BYTES_MAX,
    neededBy: MONEY_KINDS,
  }),
  field('merchantName', 'string', 'as the terminal declares it'),
  field('mcc', 'string', 'merchant category code, 4 digits'),
  field('city', 'string', 'as the terminal declares it'),
  field('country', 'string', 'ISO 3166 alpha-2'),
  field('terminal', 'string', 'terminal id', { bytesMax: KEY_BYTES_MAX, neededBy: ['terminal'] }),
  field('softwareVersion', 'string', 'dotted version of the terminal or merchant software'),
  oneOf('channel', ['chip', 'swipe', 'contactless', 'payment-code', 'online'], 'how presented'),
  field('lat', 'latitude', 'where the payer or terminal was'),
  field('lon', 'longitude', 'where the payer or terminal was'),
  field('ip', 'string', 'IP address'),
  field('device', 'string', 'device id'),
  oneOf('verification', ['ok', 'failed', 'none'], 'PIN, password or code check'),
  oneOf('terminalStatus', ['success', 'failed', 'unknown'], 'what the terminal knows'),
  oneOf('walletStatus', ['charged', 'not-charged', 'unknown'], 'what the wallet or issuer knows'),
  field('balance', 'money', 'available before this payment'),
  oneOf('accountState', ['active', 'frozen', 'closed'], 'state of the account'),
  field('durationMs', 'duration', 'from swipe to answer'),
  field('order', 'string', 'order number', { bytesMax: KEY_BYTES_MAX }),
  field('paymentCode', 'string', 'payment code'),
  oneOf('codeState', ['new', 'scanned', 'paid', 'expired', 'cancelled'], 'state of the code'),
  field('rail', 'string', 'names a rails file'),
  field('of', 'string', 'id of the payment that it is about', {
    bytesMax: KEY_BYTES_MAX,
    neededBy: ['reversal', 'release', 'status', 'label'],
  }),
  field('operator', 'string', 'person who asks'),
  oneOf('credential', ['ok', 'failed'], "check of the operator's credential"),
  field('release', 'enum', "operator's word on a hold", {
    values: ['approve', 'decline'],
    neededBy: ['release'],
  }),
  field('fault', 'enum', "terminal's fault", {
    values: ['sensor', 'board', 'power', 'self-test', 'reset', 'network'],
  }),
  field('label', 'enum', 'later truth', {
    values: ['fraud', 'genuine', 'chargeback'],
    neededBy: ['label'],
  }),
];

/** Most fields of a transaction, a rules file's own among them: two 32-bit words say which a row has. */
export const FIELDS_MAX = 64;

/** Types whose value is kept as a hash and a place in the bytes; the others are one double. */
export function isStringType(type: FieldType): boolean {
  return type === 'string' || type === 'enum';
}

/** Limits of the transaction contract. */
export const ROW_BYTES_MAX = 65_536;
export const NESTING_MAX = 32;
