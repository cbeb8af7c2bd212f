import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { WorkerLane } from '../../src/engine/worker-lane.ts';

const CHILD = new URL('./children/lane-thread.mjs', import.meta.url);
const MODULE = new URL('../../dist/engine/worker-lane.js', import.meta.url).href;
/** As in the lane: a thread without work leaves after it. */
const IDLE_MS = 250;

const threads: Worker[] = [];

afterEach(async () => {
  await Promise.all(threads.splice(0).map(async (thread) => thread.terminate()));
});

function openLane(): { lane: WorkerLane; calls: () => number } {
  let calls = 0;
  let ends: { resolve(): void; reject(error: unknown): void } | null = null;
  const lane = new WorkerLane(async () => {
    calls++;
    thread.postMessage('serve');
    return new Promise<void>((resolve, reject) => {
      ends = { resolve, reject };
    });
  });
  const { port, words } = lane.end;
  const workerData = { module: MODULE, lane: { port, words } };
  const thread = new Worker(CHILD, { workerData, transferList: [port] });
  thread.on('message', () => ends?.resolve());
  thread.on('error', (error) => ends?.reject(error));
  threads.push(thread);
  return { lane, calls: () => calls };
}

describe('a lane', () => {
  test('gives the answers in the order of the tasks, and is left without work', async () => {
    const { lane, calls } = openLane();
    const tasks = Array.from({ length: 500 }, (_, k) => k);
    expect(await Promise.all(tasks.map(async (k) => lane.ask(k)))).toEqual(tasks.map((k) => 2 * k));
    expect(calls()).toBe(1);
    await sleep(2 * IDLE_MS);
    expect(await lane.ask(7)).toBe(14);
    expect(calls()).toBe(2);
    await lane.close();
    await expect(lane.ask(1)).rejects.toThrow('closed');
  });

  test('answers every task that comes while the thread is leaving', async () => {
    const seed = 20261129;
    const random = new Random(seed);
    const { lane } = openLane();
    for (let round = 0; round < 24; round++) {
      await sleep(IDLE_MS - 4 + random.next() * 8);
      const burst = Array.from({ length: 1 + Math.floor(random.next() * 3) }, (_, k) => k);
      const answers = await Promise.all(burst.map(async (k) => lane.ask(k)));
      expect(answers, `seed ${seed}, round ${round}`).toEqual(burst.map((k) => 2 * k));
    }
    await lane.close();
  });

  test('gives what was answered before the thread was lost, and the loss to the rest', async () => {
    const { lane } = openLane();
    const asked = [1, 2, 'lost on purpose', 3].map(async (task) => lane.ask(task));
    const settled = await Promise.allSettled(asked);
    expect(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    ).toEqual([2, 4, 'Error: lost on purpose', 'Error: lost on purpose']);
    await expect(lane.ask(4)).rejects.toThrow('lost on purpose');
    await lane.close();
  });

  test('closing waits for what was asked', async () => {
    const { lane } = openLane();
    const answers = Promise.all([1, 2, 3].map(async (k) => lane.ask(k)));
    await lane.close();
    expect(await answers).toEqual([2, 4, 6]);
  });

  test('closing again is the same ending; what is asked meanwhile is refused', async () => {
    const { lane } = openLane();
    const before = lane.ask(1);
    const closings = [lane.close(), lane.close()];
    await expect(lane.ask(2)).rejects.toThrow('closed');
    await Promise.all(closings);
    await lane.close();
    expect(await before).toBe(2);
  });
});

async function outputOf(script: string): Promise<string> {
  const args = ['--input-type=module', '--eval', script];
  return (await promisify(execFile)(process.execPath, args, { timeout: 60_000 })).stdout;
}

test('a lane whose thread was lost lets its process end, though nobody closes it', async () => {
  const script = `
    const { WorkerLane } = await import(${JSON.stringify(MODULE)});
    let lost;
    const lane = new WorkerLane(() => new Promise((_, reject) => { lost = reject; }));
    lane.ask(1).catch((error) => console.log(error.message));
    lost(new Error('lost'));
  `;
  expect(await outputOf(script)).toBe('lost\n');
});

const rules = fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url));
const library = new URL('../../dist/index.js', import.meta.url).href;
const OPEN = `
    const { createEngine } = await import(${JSON.stringify(library)});
    const engine = await createEngine({ rules: ${JSON.stringify(rules)}, workers: 2 });`;

test('an engine that is closed twice at once: both calls settle, and the process ends', async () => {
  const script = `${OPEN}
    const closings = [engine.close(), engine.close()];
    for (const closing of closings) await closing;
    await engine.close();
    console.log('closed');
  `;
  expect(await outputOf(script)).toBe('closed\n');
});

test('an engine that nobody closes lets its process end', async () => {
  const script = `${OPEN}
    const row = { id: 't', kind: 'payment', time: 1772380802005, account: 'A', amount: 100,
      currency: 'CNY', merchant: 'M', channel: 'online' };
    console.log((await engine.decide([row])).length);
  `;
  expect(await outputOf(script)).toBe('1\n');
});
