// Makes a clone ready to run: installs what package-lock.json names if it is not installed, builds if
// the sources are newer than the build. Plain Node without dependencies: nothing is there yet.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED_MARK = join(ROOT, 'node_modules', '.holdfast-installed');
const BUILD_LOCK = join(ROOT, 'node_modules', '.holdfast-building');
const BUILD_LOCK_MS_MAX = 120_000;
const BUILT_MARK = join(ROOT, 'dist', '.holdfast-built');

/** Runs a program in the clone, its output on this terminal. True when it ended with 0. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (result.error) console.error(`Cannot run ${command}: ${result.error.message}`);
  return result.status === 0;
}

/** The npm that runs this script, else the one on the path. */
export function npm(...args) {
  const cli = process.env.npm_execpath;
  const isScript = cli !== undefined && /\.[cm]?js$/.test(cli) && existsSync(cli);
  return isScript ? run(process.execPath, [cli, ...args]) : run('npm', args);
}

/** A program of an installed package, by the script behind its name in `bin`. */
export function installedProgram(packageName, binName = packageName) {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[binName]);
}

/** Ends the program where its Node is older than package.json asks for. */
export function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (isNewEnough(process.versions.node, engines.node)) return;
  const wanted = engines.node.replace('>=', '');
  console.error(`Holdfast needs Node ${wanted} or newer; this is ${process.version}.`);
  process.exit(2);
}

/** @param range `>=MAJOR.MINOR`, the one form that is understood */
export function isNewEnough(version, range) {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(range).map(Number);
  const [thisMajor, thisMinor] = version.split('.').map(Number);
  return thisMajor > major || (thisMajor === major && thisMinor >= minor);
}

/** True when everything that package-lock.json names is there. */
export function install() {
  const wanted = hashOf([join(ROOT, 'package-lock.json'), join(ROOT, 'package.json')]);
  if (readMark(INSTALLED_MARK) === wanted || isInstalledByNpm()) return true;
  console.log('Installing dependencies (npm ci) ...');
  if (!npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error')) return false;
  writeFileSync(INSTALLED_MARK, wanted);
  return true;
}

/** True when dist/ is what the sources say. */
export function build() {
  const wanted = hashOf([
    ...filesUnder(join(ROOT, 'src')),
    join(ROOT, 'tsconfig.json'),
    join(ROOT, 'tsconfig.build.json'),
    join(ROOT, 'package-lock.json'),
  ]);
  lockBuild();
  try {
    const isBuilt = readMark(BUILT_MARK) === wanted || buildAll(wanted);
    if (isBuilt) linkProgram();
    return isBuilt;
  } finally {
    rmSync(BUILD_LOCK, { recursive: true, force: true });
  }
}

/** Makes `npx holdfast` work in the clone: npm links the programs of dependencies only. */
function linkProgram() {
  const link = join(ROOT, 'node_modules', '.bin', 'holdfast');
  if (process.platform === 'win32' || existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'dist', 'cli', 'main.js'), link);
}

function buildAll(wanted) {
  console.log('Building ...');
  // A file that is gone from src must not live on in dist.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const compiler = installedProgram('typescript', 'tsc');
  if (!run(process.execPath, [compiler, '-p', 'tsconfig.build.json'])) return false;
  if (!['json', 'msgpack'].every(buildWasm)) return false;
  chmodSync(join(ROOT, 'dist', 'cli', 'main.js'), 0o755);
  writeFileSync(BUILT_MARK, wanted);
  return true;
}

/** dist/codec/NAME.wasm from src/codec/assembly/NAME.ts: a decoder's loop over memory that is given to it. */
function buildWasm(name) {
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory=1', '--maximumMemory=65536'];
  return run(process.execPath, [
    installedProgram('assemblyscript', 'asc'),
    join('src', 'codec', 'assembly', `${name}.ts`),
    `--outFile=${join('dist', 'codec', `${name}.wasm`)}`,
    '--optimizeLevel=3',
    '--shrinkLevel=0',
    '--runtime=stub',
    '--noAssert',
    '--enable=simd',
    '--enable=threads',
    ...memory,
  ]);
}

/** Waits until nobody else builds; a lock that somebody left behind is taken over. */
function lockBuild() {
  for (;;) {
    try {
      mkdirSync(BUILD_LOCK);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const ageMs = Date.now() - (statSync(BUILD_LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (ageMs > BUILD_LOCK_MS_MAX) rmSync(BUILD_LOCK, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

/** Somebody ran `npm ci` by hand: npm's own record is newer than the lock file and says the same. */
function isInstalledByNpm() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages ?? {};
  const locked = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || installed[path]?.version === version,
  );
}

function readMark(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
}

/** Hash over names and contents; a file that is missing counts as such. */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`${path}\0`);
    hash.update(existsSync(path) ? readFileSync(path) : 'missing');
  }
  return hash.digest('hex');
}
