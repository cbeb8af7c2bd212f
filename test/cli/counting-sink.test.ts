import { expect, test } from 'vitest';
import { CountingSink } from '../../src/cli/counting-sink.ts';
import { MemorySink } from '../../src/transport/memory-sink.ts';

test('counts lines, however they are cut', async () => {
  const inner = new MemorySink();
  const sink = new CountingSink(inner);
  for (const text of ['{"a":1}\n{"b"', ':2}\n', '', '{"c":3}\n']) {
    await sink.write(new TextEncoder().encode(text));
  }
  await sink.finish();
  expect(sink.lineCount).toBe(3);
  expect(sink.name).toBe(inner.name);
});
