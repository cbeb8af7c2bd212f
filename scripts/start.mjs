// `npm start`: installs and builds what is missing, then runs the demonstration.
// Arguments go on to `holdfast start`: npm start -- --rows 200000

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitCodeAfter } from './exit-code.mjs';
import { ROOT, build, install, requireNode } from './prepare.mjs';

requireNode();
if (!install() || !build()) process.exit(5);

const program = join(ROOT, 'dist', 'cli', 'main.js');
const child = spawn(process.execPath, [program, 'start', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to both: the run finishes its batch and says where it stands.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = exitCodeAfter(code, signal);
});
