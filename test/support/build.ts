// Once before all tests: dist/ becomes what the sources are, if it is not. The command line's tests run
// it, and so does every test with worker threads, which load no TypeScript. A build that fails ends the
// run: tests of an older build would say nothing.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, stdio: 'inherit' });
}
