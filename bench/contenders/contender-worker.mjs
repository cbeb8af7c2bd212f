// A contender in a thread of its own: what it is told by message, it does, one call at a time.

import { parentPort, workerData } from 'node:worker_threads';
import { makeContender } from './make-contender.mjs';

const contender = makeContender(workerData.kind, workerData.options);

parentPort.on('message', async ({ method, options }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
  parentPort.postMessage(await contender[method](options));
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
parentPort.postMessage('ready');
