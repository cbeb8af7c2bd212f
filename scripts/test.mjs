// `npm test`: installs what is missing, then runs every check. `npm run check` is the same without
// installing. All steps run even if one fails; the last line counts tests and steps.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, build, install, installedProgram, npm, requireNode, run } from './prepare.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
const results = [];

function step(name, task) {
  console.log(`\n== ${name}`);
  const startMs = performance.now();
  let counts;
  try {
    counts = task();
  } catch (error) {
    console.error(error);
    counts = false;
  }
  if (typeof counts === 'boolean') {
    counts = { passed: Number(counts), failed: Number(!counts), skipped: 0 };
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  const verdict = counts.failed === 0 ? 'ok    ' : 'FAILED';
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  results.push(`${verdict}  ${name} (${seconds} s)`);
  return counts.failed === 0;
}

function program(packageName, binName, args) {
  return run(process.execPath, [installedProgram(packageName, binName), ...args]);
}

/** Every test counts; a run that ended badly without a failed test counts as one. */
function suites() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const isGood = program('vitest', 'vitest', ['run', ...reporters]);
    if (!existsSync(report)) return false;
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return {
      passed: numPassedTests,
      failed: isGood ? numFailedTests : Math.max(1, numFailedTests),
      skipped: numPendingTests + numTodoTests,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function finish() {
  const { passed, failed, skipped } = total;
  console.log(`\n${results.join('\n')}\n`);
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

requireNode();
const mayInstall = !process.argv.includes('--no-install');
const isInstalled = !mayInstall || step('install', install);
if (isInstalled) {
  const isBuilt = step('build', build);
  step('types', () => program('typescript', 'tsc', ['-p', 'tsconfig.json', '--noEmit']));
  step('lint', () => program('oxlint', 'oxlint', ['--type-aware']));
  step('format', () => program('prettier', 'prettier', ['--check', '--log-level=warn', '.']));
  step('tests', suites);
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (isBuilt && 'bench:quick' in scripts) {
    step('benchmark smoke', () => npm('run', '--silent', 'bench:quick'));
  }
}
finish();
