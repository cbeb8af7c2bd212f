// The entities of the fourteen rules: for each kind a Map from its key to its series, and what a row
// finds there. Charges are forgotten when their window has passed, for nearly every row is one.

import { DistinctWindow, Series, TotalWindow } from './series.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SMALL_MINOR = 5000;
const LATENESS_MS = 5 * MINUTE_MS;
const PLACE_KEPT_MS = 90 * DAY_MS;
const EARTH_RADIUS_KM = 6371.0088;

const all = () => true;
const isSmall = ({ amount }) => amount <= SMALL_MINOR;

function seriesOf(map, key, make) {
  let series = map.get(key);
  if (series === undefined) {
    series = new Series(make());
    map.set(key, series);
  }
  return series;
}

const accountWindows = () => [
  new TotalWindow(10 * MINUTE_MS, isSmall),
  new TotalWindow(DAY_MS, all),
  new TotalWindow(30 * DAY_MS, all),
];
const merchantWindows = () => [
  new TotalWindow(DAY_MS, all),
  new TotalWindow(DAY_MS, ({ kind }) => kind === 'refund'),
  new TotalWindow(DAY_MS, ({ kind }) => kind === 'payment'),
];
const terminalWindows = () => [new TotalWindow(HOUR_MS, all), new TotalWindow(DAY_MS, all)];
const addressWindows = () => [new DistinctWindow(HOUR_MS)];
const chargeWindows = () => [new TotalWindow(5 * MINUTE_MS, all)];

export class Entities {
  #accounts = new Map();
  #merchants = new Map();
  #terminals = new Map();
  #addresses = new Map();
  #charges = new Map();
  #chargeQueue = [];
  #chargeHead = 0;

  account(tx) {
    const { time, amount, lat, lon } = tx;
    const series = seriesOf(this.#accounts, tx.account, accountWindows);
    const at = series.enter({ time, amount, lat, lon });
    const [small, day, month] = series.windows;
    const prior = month.value.count - 1;
    const before = lat === undefined ? undefined : series.placedBefore(at);
    const km = before === undefined ? NaN : haversineKm(before.lat, before.lon, lat, lon);
    const isKnown = before !== undefined && time - before.time <= PLACE_KEPT_MS;
    return {
      smallCount: small.value.count,
      daySum: day.value.sum,
      priorAverage: prior > 0 ? (month.value.sum - amount) / prior : NaN,
      km: isKnown ? km : NaN,
      kmPerHour: isKnown ? speed(km, time - before.time) : NaN,
    };
  }

  merchant({ time, amount, kind, merchant }) {
    const series = seriesOf(this.#merchants, merchant, merchantWindows);
    series.enter({ time, amount, kind });
    const [total, refunds, payments] = series.windows;
    return {
      count: total.value.count,
      sum: total.value.sum,
      refundShare: refunds.value.count / payments.value.count,
    };
  }

  terminal({ time, amount, terminal }) {
    const series = seriesOf(this.#terminals, terminal, terminalWindows);
    series.enter({ time, amount });
    return { hourCount: series.windows[0].value.count, dayCount: series.windows[1].value.count };
  }

  merchantsAt({ time, merchant, ip }) {
    const series = seriesOf(this.#addresses, ip, addressWindows);
    series.enter({ time, merchant });
    return series.windows[0].value;
  }

  /** Enters a charge; `streamTime` is what others' expiry goes by. */
  chargeCount({ time, amount, account, merchant, currency }, streamTime) {
    const key = `${account}|${merchant}|${amount}|${currency}`;
    const series = seriesOf(this.#charges, key, chargeWindows);
    series.enter({ time, amount });
    this.#chargeQueue.push({ key, series, streamTime });
    this.#forgetCharges(streamTime - 5 * MINUTE_MS - 2 * LATENESS_MS);
    return series.windows[0].value.count;
  }

  #forgetCharges(bound) {
    const queue = this.#chargeQueue;
    while (queue[this.#chargeHead].streamTime <= bound) {
      const { key, series } = queue[this.#chargeHead++];
      if (series.lastTime <= bound) this.#charges.delete(key);
    }
    if (this.#chargeHead < 1000 || this.#chargeHead < queue.length >> 1) return;
    this.#chargeQueue = queue.slice(this.#chargeHead);
    this.#chargeHead = 0;
  }
}

function speed(km, ms) {
  if (ms > 0) return km / (ms / HOUR_MS);
  return km > 0 ? Infinity : 0;
}

function haversineKm(latA, lonA, latB, lonB) {
  const radians = Math.PI / 180;
  const sinLat = Math.sin(((latB - latA) * radians) / 2);
  const sinLon = Math.sin(((lonB - lonA) * radians) / 2);
  const chord = sinLat ** 2 + Math.cos(latA * radians) * Math.cos(latB * radians) * sinLon ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
}
