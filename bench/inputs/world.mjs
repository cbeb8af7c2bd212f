// The world of the benchmark: merchants, their terminals and addresses, accounts' home cities, and
// the lists and registers that say the same as CSV. Everything follows from the counts.
//
// Merchant 0 is a chain with a fiftieth of all terminals, in every city: the one that "half of all
// rows" goes to. Every other merchant has two terminals in its city. Four terminals share an address.

const CITIES = [
  ['Shanghai', 31.23, 121.47],
  ['Beijing', 39.9, 116.4],
  ['Shenzhen', 22.54, 114.06],
  ['Guangzhou', 23.13, 113.26],
  ['Chengdu', 30.57, 104.07],
  ['Hangzhou', 30.27, 120.16],
  ['Chongqing', 29.56, 106.55],
  ['Wuhan', 30.59, 114.3],
  ["Xi'an", 34.34, 108.94],
  ['Nanjing', 32.06, 118.8],
  ['Tianjin', 39.13, 117.2],
  ['Qingdao', 36.07, 120.38],
];
export const CITY_COUNT = CITIES.length;
const MCCS = ['5411', '5812', '5814', '5541', '5912', '5311', '4121', '7832', '5999', '5651'];
const TERMINALS_PER_MERCHANT = 2;
const COMPROMISED_EVERY = 5000;

export class World {
  /** @param {number} accountCount merchants are a twentieth, terminals about a tenth of it */
  constructor(accountCount) {
    this.accountCount = accountCount;
    this.merchantCount = Math.max(CITY_COUNT * 20, Math.round(accountCount / 20));
    this.chainTerminals = Math.max(CITY_COUNT, Math.round(this.merchantCount / 25));
    const terminalCount = this.chainTerminals + (this.merchantCount - 1) * TERMINALS_PER_MERCHANT;
    this.terminalCount = terminalCount;
    this.merchants = Array.from({ length: this.merchantCount }, (_, m) => number('M', m, 5));
    this.terminals = Array.from({ length: terminalCount }, (_, t) => number('T', t, 6));
    this.addressCount = Math.ceil(terminalCount / 4);
    this.cities = CITIES.map(([name]) => name);
    this.latE5 = new Int32Array(terminalCount);
    this.lonE5 = new Int32Array(terminalCount);
    for (let t = 0; t < terminalCount; t++) {
      const [, lat, lon] = CITIES[this.cityOfTerminal(t)];
      this.latE5[t] = Math.round(lat * 1e5) + ((t * 7919) % 20_000) - 10_000;
      this.lonE5[t] = Math.round(lon * 1e5) + ((t * 6007) % 20_000) - 10_000;
    }
  }

  cityOfMerchant(merchant) {
    return merchant % CITY_COUNT;
  }

  cityOfTerminal(terminal) {
    if (terminal < this.chainTerminals) return terminal % CITY_COUNT;
    return this.cityOfMerchant(this.merchantOfTerminal(terminal));
  }

  merchantOfTerminal(terminal) {
    if (terminal < this.chainTerminals) return 0;
    return 1 + Math.floor((terminal - this.chainTerminals) / TERMINALS_PER_MERCHANT);
  }

  /** A terminal of `merchant`, in `city` where it is the chain; `draw` is any whole number >= 0. */
  terminalOf(merchant, city, draw) {
    if (merchant > 0) {
      const first = this.chainTerminals + (merchant - 1) * TERMINALS_PER_MERCHANT;
      return first + (draw % TERMINALS_PER_MERCHANT);
    }
    const perCity = Math.floor(this.chainTerminals / CITY_COUNT);
    return (draw % perCity) * CITY_COUNT + city;
  }

  mccOf(merchant) {
    return MCCS[merchant % MCCS.length];
  }

  /** The CSV files that the rules name, by their names. */
  files() {
    const merchants = this.merchants.map((name, m) => `${name},${this.mccOf(m)},CN`);
    const terminals = this.terminals.map(
      (name, t) => `${name},${this.merchants[this.merchantOfTerminal(t)]}`,
    );
    const compromised = [];
    for (let a = 7; a < this.accountCount; a += COMPROMISED_EVERY) {
      compromised.push(number('A', a, 8));
    }
    return new Map([
      ['merchants.csv', ['merchant,mcc,country', ...merchants, ''].join('\n')],
      ['terminals.csv', ['terminal,merchant', ...terminals, ''].join('\n')],
      ['compromised.csv', ['account', ...compromised, ''].join('\n')],
    ]);
  }
}

function number(prefix, value, width) {
  return prefix + String(value).padStart(width, '0');
}
