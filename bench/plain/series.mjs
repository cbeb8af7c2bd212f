// One entity's rows in time order, and its windows over them: each window keeps a running total and
// the index of its first row. A row in order costs what it adds and what leaves; a late one is
// spliced into its place, and its windows are added up row by row as of its own time.

const LATENESS_MS = 300_000;
const PRUNE_ROWS_MIN = 32;

export class Series {
  rows = [];
  /** @param {readonly object[]} windows each { ms, start, add(row), remove(row), scan(rows, from, to) } */
  constructor(windows) {
    this.windows = windows;
    this.keepMs = Math.max(...windows.map(({ ms }) => ms)) + LATENESS_MS;
    this.pruned = undefined;
  }

  /** Enters `row` ({ time, ... }); returns the index that it now has. `window.value` are as of it. */
  enter(row) {
    const { rows } = this;
    const last = rows.length === 0 ? -Infinity : rows[rows.length - 1].time;
    if (row.time < last) return this.#insert(row, last);
    rows.push(row);
    for (const window of this.windows) {
      window.add(row);
      const from = row.time - window.ms;
      while (rows[window.start].time <= from) window.remove(rows[window.start++]);
      window.value = window.total();
    }
    if (rows.length >= PRUNE_ROWS_MIN) this.#prune(row.time - this.keepMs);
    return rows.length - 1;
  }

  #insert(row, newest) {
    const { rows } = this;
    let at = rows.length;
    while (at > 0 && rows[at - 1].time > row.time) at--;
    rows.splice(at, 0, row);
    for (const window of this.windows) {
      if (row.time > newest - window.ms) window.add(row);
      else window.start++;
      let from = at;
      while (from > 0 && rows[from - 1].time > row.time - window.ms) from--;
      window.value = window.scan(rows, from, at + 1);
    }
    return at;
  }

  /** Forgets rows that no window needs, when they are half of all. */
  #prune(bound) {
    const { rows } = this;
    const half = rows.length >> 1;
    if (rows[half].time > bound) return;
    for (let k = half; k >= 0 && this.pruned !== rows[k]; k--) {
      if (rows[k].lat !== undefined) {
        this.pruned = rows[k];
        break;
      }
    }
    rows.splice(0, half + 1);
    for (const window of this.windows) window.start -= half + 1;
  }

  get lastTime() {
    return this.rows[this.rows.length - 1].time;
  }

  /** The latest row before index `at` that has a place. */
  placedBefore(at) {
    for (let k = at - 1; k >= 0; k--) if (this.rows[k].lat !== undefined) return this.rows[k];
    return this.pruned;
  }
}

/** Count and sum of rows, those that `counts` says. */
export class TotalWindow {
  start = 0;
  value = { count: 0, sum: 0 };
  #count = 0;
  #sum = 0;

  constructor(ms, counts) {
    this.ms = ms;
    this.counts = counts;
  }

  add(row) {
    if (!this.counts(row)) return;
    this.#count++;
    this.#sum += row.amount;
  }

  remove(row) {
    if (!this.counts(row)) return;
    this.#count--;
    this.#sum -= row.amount;
  }

  total() {
    return { count: this.#count, sum: this.#sum };
  }

  scan(rows, from, to) {
    const total = { count: 0, sum: 0 };
    for (let k = from; k < to; k++) {
      if (!this.counts(rows[k])) continue;
      total.count++;
      total.sum += rows[k].amount;
    }
    return total;
  }
}

/** How many different merchants. */
export class DistinctWindow {
  start = 0;
  value = 0;
  #counts = new Map();

  constructor(ms) {
    this.ms = ms;
  }

  add({ merchant }) {
    this.#counts.set(merchant, (this.#counts.get(merchant) ?? 0) + 1);
  }

  remove({ merchant }) {
    const count = this.#counts.get(merchant);
    if (count === 1) this.#counts.delete(merchant);
    else this.#counts.set(merchant, count - 1);
  }

  total() {
    return this.#counts.size;
  }

  scan(rows, from, to) {
    const seen = new Set();
    for (let k = from; k < to; k++) seen.add(rows[k].merchant);
    return seen.size;
  }
}
