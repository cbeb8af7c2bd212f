// The way of tasks to one worker thread and of its answers back. A pool's own way costs a third of a
// batch of one row: it makes a task object, an async scope and several promises at each end, all of them
// out of the caches when a row comes after a pause.
//
//   main    port.postMessage(task), REQUESTS + 1, notify       port 'message' ──► the oldest promise
//   thread  receiveMessageOnPort ──► answer ──► port.postMessage      then sleeps on REQUESTS
//
// Answers come in the order of the tasks. For as long as there is work the thread stands in serve(), a
// task of its pool; after IDLE_MS without any it leaves, so that an engine that nobody closes does not
// keep its process alive. ATTENDED says who stands there; whoever sets it from 0 to 1 sees to the rest.

import type { MessagePort } from 'node:worker_threads';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

const REQUESTS = 0;
const ATTENDED = 1;
const WORDS = 2;
/** The task after which there is no other. */
const LEAVE = null;
const IDLE_MS = 250;

/** What a thread needs of its lane: the port is transferred to it. */
export interface LaneEnd {
  readonly port: MessagePort;
  readonly words: Int32Array;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Main's end. */
export class WorkerLane {
  /** The thread's end. */
  readonly end: LaneEnd;
  readonly #port: MessagePort;
  readonly #words: Int32Array = new Int32Array(new SharedArrayBuffer(WORDS * 4));
  readonly #attend: () => Promise<unknown>;
  readonly #waiting: Waiting[] = [];
  #serving: Promise<void> = Promise.resolve();
  #lost: unknown = null;
  #closing: Promise<void> | null = null;

  /**
   * @param attend has the thread call serve(); resolves when it has left, rejects when the thread is lost
   */
  constructor(attend: () => Promise<unknown>) {
    const { port1, port2 } = new MessageChannel();
    this.end = { port: port2, words: this.#words };
    this.#port = port1;
    this.#attend = attend;
    port1.on('message', (answer) => {
      this.#take(answer);
    });
    port1.unref();
  }

  /** Rejects with what the thread threw, or with why it ended. */
  async ask(task: unknown): Promise<unknown> {
    if (this.#lost !== null) throw this.#lost;
    if (this.#waiting.length === 0) this.#port.ref();
    this.#port.postMessage(task);
    Atomics.add(this.#words, REQUESTS, 1);
    if (Atomics.compareExchange(this.#words, ATTENDED, 0, 1) === 0) this.#serving = this.#serve();
    else Atomics.notify(this.#words, REQUESTS);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /**
   * Resolves when all tasks are answered and the thread has left. Nothing is taken any more once it was
   * called; called again, it is the same ending: a thread that has left answers no second LEAVE.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    const left = this.ask(LEAVE);
    this.#lost ??= new Error('The lane is closed.');
    await left.catch(() => {});
    await this.#serving;
    this.#port.close();
  }

  #take(answer: unknown): void {
    this.#waiting.shift()?.resolve(answer);
    if (this.#waiting.length === 0) this.#port.unref();
  }

  async #serve(): Promise<void> {
    try {
      await this.#attend();
    } catch (error) {
      this.#lost = error;
      // What it had answered before may stand in the port still: two ports know no order.
      for (;;) {
        const answer = receiveMessageOnPort(this.#port);
        if (answer === undefined) break;
        this.#take(answer.message);
      }
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
      this.#port.unref();
    }
  }
}

/** The thread's end: answers tasks until none came for a while, or the last one did. What `answer` throws ends it. */
export function serve({ port, words }: LaneEnd, answer: (task: unknown) => unknown): void {
  for (;;) {
    const seen = Atomics.load(words, REQUESTS);
    for (;;) {
      const task = receiveMessageOnPort(port);
      if (task === undefined) break;
      port.postMessage(task.message === LEAVE ? null : answer(task.message));
      if (task.message === LEAVE) return;
    }
    if (Atomics.wait(words, REQUESTS, seen, IDLE_MS) === 'timed-out') {
      Atomics.store(words, ATTENDED, 0);
      // A task that came meanwhile is this call's, unless main has already asked for another call.
      const isNone = Atomics.load(words, REQUESTS) === seen;
      if (isNone || Atomics.compareExchange(words, ATTENDED, 0, 1) !== 0) return;
    }
  }
}
