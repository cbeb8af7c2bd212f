// Where a contender runs. In a thread of its own each has its own heap, collector and type feedback,
// so that neither slows the other; in this thread a profiler sees it. Either way `call` is the same.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { makeContender } from './make-contender.mjs';

/** A million accounts as plain objects take gigabytes. */
const HEAP_MB_MAX = 12_288;

export class ThreadHost {
  #worker;

  static async start(kind, options, resourceLimits = {}) {
    const host = new ThreadHost();
    host.#worker = new Worker(new URL('./contender-worker.mjs', import.meta.url), {
      workerData: { kind, options },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, ...resourceLimits },
    });
    await once(host.#worker, 'message');
    return host;
  }

  async call(method, options) {
    const answer = once(this.#worker, 'message');
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
    this.#worker.postMessage({ method, options });
    const [result] = await answer;
    return result;
  }

  async stop() {
    await this.#worker.terminate();
  }
}

export class LocalHost {
  #contender;

  static async start(kind, options) {
    const host = new LocalHost();
    host.#contender = makeContender(kind, options);
    return host;
  }

  async call(method, options) {
    return this.#contender[method](options);
  }

  async stop() {}
}
