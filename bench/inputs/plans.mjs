// The benchmark's rules files as plans, with the world's lists and registers served from memory.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatProblem, loadRulesText } from '../../dist/rules/front/load.js';

const FOURTEEN = fileURLToPath(new URL('../rules/fourteen.yaml', import.meta.url));

export function fourteenText() {
  return readFileSync(FOURTEEN, 'utf8');
}

/** @param {import('./world.mjs').World} world */
export function fourteenPlan(world) {
  return planOf(fourteenText(), world);
}

export function planOf(text, world) {
  const files = world.files();
  return planIn(loadRulesText(text, FOURTEEN, (path) => Buffer.from(files.get(basename(path)))));
}

/** The plan of a rules file that was loaded; throws what is wrong with it. */
export function planIn(loaded) {
  if (loaded.ok) return loaded.plan;
  throw new Error(loaded.problems.map((problem) => formatProblem(problem)).join('\n'));
}
