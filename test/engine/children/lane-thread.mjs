// A thread that stands at its lane whenever it is told to, as a worker does: it answers a number with its
// double, and throws at a text.

import { parentPort, workerData } from 'node:worker_threads';

const { serve } = await import(workerData.module);
parentPort.on('message', () => {
  serve(workerData.lane, (task) => {
    if (typeof task === 'string') throw new Error(task);
    return task * 2;
  });
  parentPort.postMessage('left');
});
