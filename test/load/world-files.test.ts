import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { smallStream, worldFiles } from '../../src/load/world-files.ts';
import { makeWorld } from '../../src/load/world.ts';

const world = makeWorld();
const files = [...worldFiles(world), ...smallStream(world)];

describe('committed fixtures', () => {
  it.each(files.map(({ path, text }) => [path, text] as const))(
    '%s is what scripts/write-fixtures.mjs makes',
    (path, text) => {
      // Compared as a boolean: the difference of two registers is no message.
      const committed = readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), 'utf8');
      expect(committed === text, `run scripts/write-fixtures.mjs: ${path} is stale`).toBe(true);
    },
  );

  it('stay under 4 MB', () => {
    const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(4_000_000);
  });

  it('have one row a key in the registers', () => {
    for (const { path, text } of files.filter((file) => file.path.startsWith('registers/'))) {
      const keys = text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')[0]);
      expect(new Set(keys).size, path).toBe(keys.length);
    }
  });
});

describe('the world', () => {
  it('binds every terminal to a merchant that lists it', () => {
    const strays = world.terminals.filter(({ merchant }, index) => {
      const owner = world.merchants[merchant];
      const offset = index - (owner?.terminalFirst ?? NaN);
      return !(offset >= 0 && offset < (owner?.terminalCount ?? 0));
    });
    expect(strays).toEqual([]);
  });

  it('lets no merchant share an address with another', () => {
    expect(new Set(world.merchants.map(({ ip }) => ip)).size).toBe(world.merchants.length);
  });

  it('has a shop of every everyday trade in every city', () => {
    for (const shops of world.shopsByCity) {
      expect(new Set(shops.map((shop) => world.merchants[shop]?.trade.mcc)).size).toBe(16);
    }
  });
});
