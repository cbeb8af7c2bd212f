// The benchmark's stream: seeded, endless, in event-time order but for the rows that are made late.
// It is a function of its seed and of how many rows were taken, so that every contender sees the
// same rows. The first `accounts` rows visit each account once (all of them exist), then accounts
// follow Zipf's law; 8 rows an account take 45 days, longer than the longest window.
//
// Cost: ~0.6 us a row with writing it. Never inside what is timed.

import { Random } from '../../dist/base/random.js';
import { Draft } from '../../dist/load/draft.js';
import { GENERATED_ROW_BYTES_MAX, makeDraftWriter } from '../../dist/load/row-writer.js';
import { makeScatter, makeSkew } from './skew.mjs';
import { CITY_COUNT } from './world.mjs';

const START_MS = Date.UTC(2026, 0, 1);
const PRELOAD_MS = 45 * 86_400_000;
export const ROWS_PER_ACCOUNT = 8;
const LATE_MS_MAX = 120_000;
const LATE_SHARE = 0.01;
const REPEAT_SHARE = 0.001;
const ACCOUNT_FLAT = 2000;
const MERCHANT_FLAT = 4;
/** Rows kept to be sent again; one is replaced each so many rows, about half an hour at any scale. */
const KEPT_ROWS = 64;
const KEEP_EVERY_PER_ACCOUNT = 1 / 16_000;

export class RowStream {
  /** 1 % of the rows up to two minutes late, 0.1 % sent a second time. */
  isDisordered = false;
  taken = 0;
  timeMs = START_MS;
  #burstLeft = 0;
  #burstAccount = 0;

  /**
   * @param {import('./world.mjs').World} world
   * @param {{ seed: number, chainShare?: number, visits?: number, spanMs?: number }} options
   *   chainShare: part of all rows that merchant 0 gets on top of its own; visits: rows that every
   *   account gets in turn before Zipf's law begins; spanMs: event time of 8 rows an account
   */
  constructor(world, { seed, chainShare = 0, visits = 1, spanMs = PRELOAD_MS }) {
    this.world = world;
    this.random = new Random(seed);
    this.chainShare = chainShare;
    this.rowsInTurn = visits * world.accountCount;
    const { accountCount, merchantCount } = world;
    this.stepMs = spanMs / (accountCount * ROWS_PER_ACCOUNT);
    const flat = Math.max(1, (ACCOUNT_FLAT * accountCount) / 1e6);
    this.pickAccountRank = makeSkew(accountCount, flat);
    this.pickMerchantRank = makeSkew(Math.floor(merchantCount / CITY_COUNT), MERCHANT_FLAT);
    this.scatter = makeScatter(accountCount);
    this.draft = new Draft();
    Object.assign(this.draft, { currency: 'CNY', country: 'CN' });
  }

  /** The next row; the same object each time. */
  next() {
    const { random, draft } = this;
    this.timeMs += random.next() * 2 * this.stepMs;
    const now = Math.floor(this.timeMs);
    draft.id = ++this.taken;
    draft.order = draft.id;
    draft.timeMs = now;
    if (this.isDisordered && random.chance(LATE_SHARE)) {
      draft.timeMs = now - random.below(LATE_MS_MAX);
    }
    // Someone pays the same twice: all but id, order and time stay.
    if (random.chance(0.0005) && this.taken > 1) return draft;
    const account = this.#account();
    draft.account = account;
    draft.device = Math.imul(account + 1, 0x9e3779b1) >>> 0;
    draft.kind = random.chance(0.03) ? 'refund' : 'payment';
    draft.amount = Math.floor(100 * Math.exp(random.next() * Math.log(3000)));
    if (this.#burstLeft > 0) draft.amount = 100 + (draft.amount % 900);
    draft.verification = random.chance(0.97) ? 'ok' : random.chance(0.5) ? 'failed' : 'none';
    draft.walletStatus = random.chance(0.98) ? 'charged' : 'not-charged';
    this.#place(account % CITY_COUNT);
    return draft;
  }

  #account() {
    const { random } = this;
    if (this.taken <= this.rowsInTurn) {
      return this.scatter((this.taken - 1) % this.world.accountCount);
    }
    if (this.#burstLeft > 0) {
      this.#burstLeft--;
      return this.#burstAccount;
    }
    const account = this.scatter(this.pickAccountRank(random.next()));
    if (random.chance(0.0003)) {
      this.#burstLeft = 6;
      this.#burstAccount = account;
    }
    return account;
  }

  /** Merchant, terminal, channel and whereabouts. */
  #place(home) {
    const { random, draft, world } = this;
    const city = random.chance(0.99) ? home : random.below(CITY_COUNT);
    const rank = this.pickMerchantRank(random.next());
    const isChain = this.chainShare > 0 && random.chance(this.chainShare);
    const merchant = isChain ? 0 : rank * CITY_COUNT + city;
    draft.merchant = world.merchants[merchant];
    draft.mcc = random.chance(0.9998) ? world.mccOf(merchant) : '6011';
    draft.city = world.cities[city];
    const draw = random.uint32();
    if (draw % 100 < 15) {
      draft.channel = 'online';
      draft.terminal = '';
      draft.latE5 = NaN;
      draft.lonE5 = NaN;
      draft.ip = 0x50_00_00_00 + (draft.device >>> 8);
      return;
    }
    const isForeign = random.chance(0.0002);
    const terminal = isForeign
      ? draw % world.terminalCount
      : world.terminalOf(merchant, city, draw >>> 8);
    draft.channel = draw % 100 < 60 ? 'chip' : 'contactless';
    draft.terminal = world.terminals[terminal];
    draft.latE5 = world.latE5[terminal];
    draft.lonE5 = world.lonE5[terminal];
    draft.ip = 0x0a_00_00_00 + (terminal % world.addressCount);
  }
}

/** Writes rows of a stream where a source would: bytes, spans, split errors. */
export class BatchFiller {
  #kept = Array.from({ length: KEPT_ROWS }, () => new Uint8Array(0));
  #written = 0;

  /** @param {RowStream} stream @param {'ndjson' | 'msgpack'} format */
  constructor(stream, format) {
    this.stream = stream;
    this.write = makeDraftWriter(format);
    /** Lines end in a newline that is no part of the row. */
    this.tail = format === 'ndjson' ? 1 : 0;
    this.keepEvery = Math.max(1, Math.round(stream.world.accountCount * KEEP_EVERY_PER_ACCOUNT));
  }

  /** Bytes written. `batch.bytes` must have room. */
  writeRows(batch, rowCount) {
    const { stream, tail } = this;
    const { bytes, spans, splitErrors } = batch;
    let at = 0;
    for (let row = 0; row < rowCount; row++) {
      const end = this.#row(bytes, at);
      spans[row * 2] = at;
      spans[row * 2 + 1] = end - at - tail;
      splitErrors[row] = -1;
      if (stream.isDisordered && ++this.#written % this.keepEvery === 0) {
        this.#kept[(this.#written / this.keepEvery) % KEPT_ROWS] = bytes.slice(at, end);
      }
      at = end;
    }
    return at;
  }

  #row(bytes, at) {
    const { stream } = this;
    if (stream.isDisordered && stream.random.chance(REPEAT_SHARE)) {
      const again = this.#kept[stream.random.below(KEPT_ROWS)];
      if (again.length > 0) {
        bytes.set(again, at);
        return at + again.length;
      }
    }
    return this.write(stream.next(), bytes, at);
  }
}

export const ROW_BYTES_MAX = GENERATED_ROW_BYTES_MAX;
