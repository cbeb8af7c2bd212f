// The benchmarks' command line: what is wrong with it is told in a line, and ends with 2.

import { parseArgs } from 'node:util';

/** Prints what is wrong with how the program was called, and ends it. */
export function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function parsed(out) {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        accounts: { type: 'string' },
        rounds: { type: 'string' },
        'round-rows': { type: 'string' },
        'batch-rows': { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        out: { type: 'string', default: out },
      },
    });
  } catch (error) {
    return refuse(`${error.message.split('. ')[0]}; docs/benchmarks.md has them all.`);
  }
}

/** @param out where the figures are written, if not said otherwise */
export function readOptions(out) {
  const { values, positionals } = parsed(out);
  const number = (name, usual, quick, least = 1) => {
    const text = values[name] ?? String(values.quick ? quick : usual);
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      refuse(`--${name} takes a whole number from ${least}, got "${text}".`);
    }
    return value;
  };
  return {
    figureNames: positionals,
    out: values.out,
    isQuick: values.quick,
    accounts: number('accounts', 1_000_000, 2000),
    rounds: number('rounds', 7, 2),
    roundRows: number('round-rows', 131_072, 3000),
    batchRows: number('batch-rows', 4096, 1000),
    seed: number('seed', 1, 1, 0),
    only: values.only ?? null,
  };
}
