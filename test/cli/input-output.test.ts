import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatOf, refuseSameFile } from '../../src/cli/input-output.ts';

test.each([
  ['a.ndjson', null, 'ndjson'],
  ['a.jsonl', null, 'ndjson'],
  ['a/b.JSON', null, 'ndjson'],
  ['a.msgpack', null, 'msgpack'],
  ['a.mp', null, 'msgpack'],
  ['a.mp', 'ndjson', 'ndjson'],
  ['a.csv', 'msgpack', 'msgpack'],
  ['-', null, 'ndjson'],
  ['-', 'msgpack', 'msgpack'],
  ['/dev/null', null, 'ndjson'],
  ['day.1/pipe', null, 'ndjson'],
] as const)('format of %s with --format %s is %s', (path, chosen, format) => {
  expect(formatOf(path, chosen)).toBe(format);
});

test('a name that does not tell is not guessed', () => {
  expect(() => formatOf('a.csv', null)).toThrow('Cannot tell the format of "a.csv" by its name');
});

test.each([
  ['--out', 'a', '--dead-letters and --out are the same file: "./a".'],
  ['--out', './b/../a', '--dead-letters and --out are the same file: "./a".'],
])('two outputs into one file: %s %s', (option, path, sentence) => {
  expect(() =>
    refuseSameFile(
      [],
      [
        [option, path],
        ['--dead-letters', './a'],
      ],
    ),
  ).toThrow(sentence);
});

test('an output over an input is refused, devices and standard streams are not', () => {
  expect(() => refuseSameFile([['--in', 'a']], [['--out', 'a']])).toThrow('same file');
  refuseSameFile(
    [
      ['--rules', 'r'],
      ['--in', 'r'],
    ],
    [],
  );
  refuseSameFile(
    [['--in', '-']],
    [
      ['--out', '-'],
      ['--dead-letters', null],
    ],
  );
  refuseSameFile(
    [],
    [
      ['--out', '/dev/null'],
      ['--stats', '/dev/null'],
    ],
  );
});

test('an output over an input is refused through links, under its .partial name, and to be made anew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-same-'));
  const at = (name: string): string => join(folder, name);
  try {
    writeFileSync(at('in.ndjson'), '');
    mkdirSync(at('d'));
    symlinkSync(at('in.ndjson'), at('link.ndjson'));
    symlinkSync(at('d'), at('d2'));
    const refused = (input: string, output: string, sentence: string): void =>
      expect(() => refuseSameFile([['--in', at(input)]], [['--out', at(output)]])).toThrow(
        sentence,
      );
    refused('in.ndjson', 'link.ndjson', '--out and --in are the same file');
    refused('link.ndjson', 'in.ndjson', '--out and --in are the same file');
    refused('d/x', 'd2/x', '--out and --in are the same file');
    refused('p.partial', 'p', 'until it is complete, and that is --in.');
    expect(() =>
      refuseSameFile(
        [],
        [
          ['--out', at('p')],
          ['--stats', at('p.partial')],
        ],
      ),
    ).toThrow('--stats and the unfinished --out are the same file');
    refuseSameFile([['--in', at('in.ndjson')]], [['--out', at('other.ndjson')]]);
    // Nothing can be there: that is said when it is opened.
    refuseSameFile([['--in', at('in.ndjson/a')]], [['--out', at('in.ndjson/b')]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.runIf(existsSync('/dev/shm'))('a file in /dev is a file', () => {
  const folder = mkdtempSync('/dev/shm/holdfast-same-');
  const path = join(folder, 'in.ndjson');
  try {
    for (const isThere of [false, true]) {
      if (isThere) writeFileSync(path, '');
      expect(() => refuseSameFile([['--in', path]], [['--out', path]])).toThrow('same file');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a pipe is not written from two sides, two pipes are two', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-same-'));
  const [one, link, other] = ['one', 'link', 'other'].map((name) => join(folder, name));
  try {
    execFileSync('mkfifo', [one as string, other as string]);
    symlinkSync(one as string, link as string);
    const both = (first = '', second = ''): void =>
      refuseSameFile(
        [],
        [
          ['--out', first],
          ['--alerts', second],
        ],
      );
    expect(() => both(one, link)).toThrow('same file');
    both(one, other);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('two outputs do not share the standard output', () => {
  const OUTPUTS = ['--out', '--dead-letters', '--alerts', '--stats'];
  const pairs = OUTPUTS.flatMap((one, i) => OUTPUTS.slice(i + 1).map((other) => [one, other]));

  test.each(pairs)('%s, %s', (one = '', other = '') => {
    const write = (first: string, second: string): void =>
      refuseSameFile(
        [['--in', '-']],
        [
          [one, first],
          [other, second],
        ],
      );
    expect(() => write('-', '-')).toThrow(
      `${other} and ${one} are both the standard output: name a file for one of them.`,
    );
    write('-', 'file');
    write('file', '-');
  });
});
