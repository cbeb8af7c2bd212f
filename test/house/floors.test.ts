// The house rules that no compiler holds: floors, clocks, names, exports, sizes.
// Each rule is a function from files to offences, so that it can be shown to find one.

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { codeOf } from './code-text.ts';

interface SourceFile {
  /** From src/, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Lowest first. A folder may import folders of lower numbers and itself. */
const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  domain: 1,
  codec: 2,
  state: 2,
  rules: 2,
  transport: 2,
  engine: 3,
  tools: 4,
  load: 4,
  service: 4,
  cli: 5,
};
const CLOCK_READERS = ['transport', 'load', 'service', 'cli'];
/** What conventions aim at: more is printed. */
const LINES_AIM = 250;
/** What is refused. */
const LINES_MAX = 400;

/** Files over LINES_MAX, and why. A file that shrinks must leave the list. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'rules/compile/emit.ts': 'one emitter a kind of node, over the whole tree of expressions',
};

/** What reads a clock above its floor, and why. */
const CLOCK_EXCEPTIONS: Readonly<Record<string, string>> = {
  'base/clock.ts': 'it is the port',
  'index.ts': 'it only re-exports',
  'engine/worker.ts':
    'a thread is handed no function: its clock is made there, for pass times only',
  'engine/warm-up.ts': 'bounds how long a worker warms on made-up rows; decides nothing',
};

/** Module-level `let` that conventions forbid, and why it is there all the same. */
const MODULE_STATE: Readonly<Record<string, string>> = {};

function readSources(): SourceFile[] {
  return readdirSync(SRC, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(SRC, path).split(sep).join('/'), text: readFileSync(path, 'utf8') };
    });
}

function floorOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function importsOf(text: string): string[] {
  const specifiers: string[] = [];
  const patterns = [
    /^\s*(?:import|export)\b[^'"]*?\bfrom\s+['"]([^'"]+)['"]/gm,
    /^\s*import\s+['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
    /\bnew URL\(\s*['"](\.[^'"]*\.[tj]s)['"]/g,
  ];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) specifiers.push(match[1] ?? '');
  }
  return specifiers;
}

function floorOffences(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const from = floorOf(path);
    return importsOf(text).flatMap((specifier) => {
      if (!specifier.startsWith('.')) return [];
      const target = relative('/', resolve('/', dirname(path), specifier))
        .split(sep)
        .join('/');
      const to = floorOf(target);
      if (from === '') return path === 'index.ts' ? [] : [`${path} stands on no floor`];
      const fromFloor = FLOORS[from];
      const toFloor = FLOORS[to];
      if (fromFloor === undefined) return [`${path}: there is no floor "${from}"`];
      if (toFloor === undefined) return [`${path} imports ${specifier}, which is on no floor`];
      return from === to || toFloor < fromFloor ? [] : [`${path} imports ${target}`];
    });
  });
}

function clockOffences(files: readonly SourceFile[]): string[] {
  const clock =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.(?:now|timeOrigin)\b|\bhrtime\b|\bsystemClock\b/;
  return files
    .filter(({ path }) => !CLOCK_READERS.includes(floorOf(path)))
    .filter(({ path }) => CLOCK_EXCEPTIONS[path] === undefined)
    .flatMap(({ path, text }) => linesWith(path, codeOf(text), clock));
}

function randomnessOffences(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => linesWith(path, codeOf(text), /\bMath\.random\b/));
}

function environmentOffences(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => floorOf(path) !== 'cli')
    .flatMap(({ path, text }) => linesWith(path, codeOf(text), /\bprocess\.(?:env|argv|exit)\b/));
}

function exportOffences(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const code = codeOf(text);
    const offences = linesWith(path, code, /^\s*export\s+default\b/);
    if (path !== 'index.ts') offences.push(...linesWith(path, code, /^\s*export\s+\*/));
    return offences;
  });
}

/** AssemblyScript, whose compiler wants no endings. */
const ASSEMBLY = 'codec/assembly/';

function nodeImportOffences(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !path.startsWith(ASSEMBLY))
    .flatMap(({ path, text }) =>
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.') && !specifier.endsWith('.ts'))
        .map((specifier) => `${path} imports ${specifier} without .ts`),
    );
}

function nameOffences(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path }) => path)
    .filter((path) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(path));
}

function stateOffences(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => MODULE_STATE[path] === undefined)
    .flatMap(({ path, text }) => linesWith(path, codeOf(text), /^(?:export\s+)?(?:let|var)\b/));
}

function headerOffences(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ text }) => !/^(?:#!.*\n)?\/[/*]/.test(text))
    .map(({ path }) => `${path} does not begin with a comment that says what it is`);
}

function lineCount(text: string): number {
  return text.trimEnd().split('\n').length;
}

function sizeOffences(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => lineCount(text) > LINES_MAX && LONG_FILES[path] === undefined)
    .map(({ path, text }) => `${path} has ${lineCount(text)} lines`);
}

function linesWith(path: string, text: string, pattern: RegExp): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
}

/** No text becomes code but in the two files that say so. */
const CODE_MAKERS = ['rules/compile/generated.ts', 'engine/generated-code.ts'];

function codeOffences(files: readonly SourceFile[]): string[] {
  const maker = /\bnew Function\b|\bFunction\(|\beval\(|\brunIn(?:New|This)?Context\b|node:vm/;
  return files
    .filter(({ path }) => !CODE_MAKERS.includes(path))
    .flatMap(({ path, text }) => linesWith(path, codeOf(text), maker));
}

const RULES: readonly (readonly [
  string,
  (files: readonly SourceFile[]) => string[],
  SourceFile,
])[] = [
  [
    'imports go down only',
    floorOffences,
    { path: 'domain/x.ts', text: "import { a } from '../codec/a.ts';" },
  ],
  [
    'siblings never import each other',
    floorOffences,
    { path: 'state/x.ts', text: "import type {\n  A,\n} from '../rules/a.ts';" },
  ],
  [
    'lazy imports go down too',
    floorOffences,
    { path: 'base/x.ts', text: "await import('../cli/main.ts');" },
  ],
  [
    'only transport, load, service and cli read a clock',
    clockOffences,
    { path: 'engine/x.ts', text: 'const t = performance.now();' },
  ],
  [
    'randomness is seeded',
    randomnessOffences,
    { path: 'load/x.ts', text: 'const r = Math.random();' },
  ],
  [
    'only the command line reads the environment or ends the process',
    environmentOffences,
    { path: 'engine/x.ts', text: 'if (process.env.X) process.exit(1);' },
  ],
  [
    'exports are named, only index.ts re-exports',
    exportOffences,
    { path: 'base/x.ts', text: "export * from './y.ts';" },
  ],
  [
    'imports say .ts',
    nodeImportOffences,
    { path: 'base/x.ts', text: "import { a } from './a.js';" },
  ],
  [
    'text becomes code in two files only',
    codeOffences,
    { path: 'rules/x.ts', text: 'const f = new Function(text);' },
  ],
  ['files are in kebab-case', nameOffences, { path: 'base/someFile.ts', text: '' }],
  ['modules keep no state', stateOffences, { path: 'base/x.ts', text: 'let count = 0;' }],
  ['files begin with what they are', headerOffences, { path: 'base/x.ts', text: 'const a = 1;' }],
  [
    'files are at most 400 lines, or on the list with a reason',
    sizeOffences,
    { path: 'base/x.ts', text: '//\n'.repeat(LINES_MAX + 1) },
  ],
];

describe('src keeps the house rules', () => {
  const files = readSources();
  test.each(RULES)('%s', (_name, find, offender) => {
    expect(find([offender])).toHaveLength(1);
    expect(find(files)).toEqual([]);
  });

  test('files over 250 lines are named', () => {
    const long = files.filter(({ text }) => lineCount(text) > LINES_AIM);
    for (const { path, text } of long) console.warn(`${path}: ${lineCount(text)} lines`);
    expect(long.length).toBeLessThan(files.length / 4);
  });

  test('no exception outlives its reason', () => {
    const stale = Object.keys(LONG_FILES).filter((path) => {
      const file = files.find((candidate) => candidate.path === path);
      return file === undefined || lineCount(file.text) <= LINES_MAX;
    });
    for (const path of [...Object.keys(CLOCK_EXCEPTIONS), ...Object.keys(MODULE_STATE)]) {
      if (!files.some((file) => file.path === path)) stale.push(path);
    }
    expect(stale).toEqual([]);
  });
});
