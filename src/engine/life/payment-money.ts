// Amounts of rows about a payment: in minor units of the file's currency, whatever they come in. A row
// without a currency of its own (a status) speaks in the payment's, of which its record has the number.

import type { MoneyConversion } from '../../domain/currencies.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { fieldNumber, slotWord } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';

/** Of a payment in a currency without a rate, or beyond what fits in a byte. */
const OTHER_CURRENCY = 255;

export class PaymentMoney {
  /** int32 word of the converted amount, from a record's start. */
  readonly amountAt: number;
  readonly #rawAmountAt: number;
  readonly #currencyAt: number;
  readonly #money: MoneyConversion | null;
  /** Hashes of the currencies that have rates, two words each. */
  readonly #currencies: Int32Array;

  /** @param money null where the plan has no currency */
  constructor(plan: Plan, layout: RowLayout, pool: ConstantPool, money: MoneyConversion | null) {
    this.#money = money;
    this.amountAt = (layout.moneySlots[fieldNumber(layout, 'amount')] as number) / 4;
    this.#rawAmountAt = slotWord(layout, 'amount');
    this.#currencyAt = slotWord(layout, 'currency');
    const rated = plan.rates.slice(0, OTHER_CURRENCY - 1);
    this.#currencies = Int32Array.from(
      rated.flatMap(({ currency }) => {
        const { lo, hi } = pool.text(currency);
        return [lo, hi];
      }),
    );
  }

  /** @param currency as currencyOf gave it for the payment */
  amount(i32: Int32Array, f64: Float64Array, at: number, currency: number): number {
    const amount = f64[(at + this.amountAt) >> 1] as number;
    if ((i32[at + this.#currencyAt + 3] as number) >= 0) return amount;
    if (currency === 0 || amount !== amount) return amount;
    if (this.#money === null || currency === OTHER_CURRENCY) return NaN;
    const k = (currency - 1) * 2;
    return this.#money.convert(
      f64[(at + this.#rawAmountAt) >> 1] as number,
      this.#currencies[k] as number,
      this.#currencies[k + 1] as number,
    );
  }

  /** Of a row, as it stands in its record (LIFE_B.currency); 0 = the file's. */
  currencyOf(i32: Int32Array, at: number): number {
    const money = this.#money;
    const word = at + this.#currencyAt;
    if (money === null || (i32[word + 3] as number) < 0) return 0;
    const lo = i32[word] as number;
    const hi = i32[word + 1] as number;
    if (lo === money.planLo && hi === money.planHi) return 0;
    const all = this.#currencies;
    for (let k = 0; k < all.length; k += 2)
      if (all[k] === lo && all[k + 1] === hi) return k / 2 + 1;
    return OTHER_CURRENCY;
  }
}
