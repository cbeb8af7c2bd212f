// Before anything is timed: engine and plain program decide the same small stream alike, in order
// and with late rows and repeats, from JSON and msgpack, with and without one hot merchant. Every
// outcome, and most rules, occur in it.

import { EngineContender } from '../contenders/engine-contender.mjs';
import { PlainContender } from '../contenders/plain-contender.mjs';
import { essence, requireEqual } from '../equality.mjs';
import { ROWS_PER_ACCOUNT } from '../inputs/row-stream.mjs';

const FIRED_RULES_MIN = 8;

export const correctness = {
  name: 'correctness',
  async run({ isQuick, seed }) {
    const accounts = isQuick ? 2000 : 20_000;
    let compared = 0;
    const fired = new Set();
    for (const chainShare of [0, 0.5]) {
      const options = { accounts, seed, batchRows: 1000, chainShare };
      const plain = new PlainContender(options);
      const contenders = ['ndjson', 'msgpack'].map((format) => {
        const contender = new EngineContender({ ...options, warmFormats: [format] });
        return { format, contender };
      });
      const steps = [
        { rows: accounts * ROWS_PER_ACCOUNT, isDisordered: false, capture: true },
        { rows: accounts * 2, isDisordered: true, capture: true },
        { rows: accounts, isDisordered: false, capture: true },
      ];
      for (const step of steps) {
        const expected = plain.round(step).text;
        for (const line of essence(expected)) {
          for (const rule of line.split(' ')[2].split(',')) fired.add(rule);
        }
        for (const { format, contender } of contenders) {
          const { text } = contender.round({ ...step, format });
          const name = `${format}, chain ${chainShare}, disordered ${step.isDisordered}`;
          compared += requireEqual(name, text, expected);
        }
      }
    }
    fired.delete('');
    if (fired.size < FIRED_RULES_MIN) throw new Error(`Only ${[...fired].join()} ever fired.`);
    const rules = `${fired.size} of 14 rules fired`;
    return [
      {
        figure: 'decisions equal to the plain program',
        reach: 'all',
        measured: `${compared.toLocaleString('en-US')} equal, ${rules}`,
        how: 'both formats, late rows, repeats, one hot merchant; checked first',
        data: { compared, fired: [...fired] },
      },
    ];
  },
};
