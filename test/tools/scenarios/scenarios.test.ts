// Every story in fixtures/scenarios, through the real engine: all of what comes out is compared.
// `node scripts/write-scenarios.mjs` writes what the engine says now, to be read before it is kept.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ScenarioRunner } from '../../../src/tools/scenarios/run-scenario.ts';
import { readScenario } from '../../../src/tools/scenarios/scenario-file.ts';
import { expectText } from '../../../src/tools/scenarios/scenario-text.ts';

const FOLDER = fileURLToPath(new URL('../../../fixtures/scenarios/', import.meta.url));
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
const runner = new ScenarioRunner();

describe('fixtures/scenarios', () => {
  it.each(files)('%s', (file) => {
    const scenario = readScenario(FOLDER + file);
    const { whole, rowByRow } = runner.run(scenario);
    expect(expectText(whole), scenario.title).toBe(expectText(scenario.expect));
    expect(rowByRow, 'one row a batch').toEqual(whole);
  });
});
