import type { Clock, Environment } from "@omnigraph/base";
import type { SeededRandom } from "./seeded-random.ts";

/** 2026-01-01T00:00:00Z: where every simulation begins. */
const EPOCH_MS = 1_767_225_600_000;

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  /** Time does not go on for its sake alone. */
  readonly mayEnd: boolean;
}

/**
 * Virtual time. Tasks run one by one, in order of their time and then of their scheduling, each after all promises that the one before settled
 * have been followed: the same seed gives the same run. It drives itself; code under test that waits for anything but simulated things (the disk, the
 * thread pool, a first dynamic import) sees time pass at random.
 */
export class SimulatedTime {
  readonly #tasks: Task[] = [];
  #nowMs = 0;
  #scheduled = 0;
  #running = false;
  /** Scheduled tasks for which time goes on. */
  #keeping = 0;

  /** Milliseconds since the simulation began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The same as milliseconds since the epoch. */
  get wallMs(): number {
    return EPOCH_MS + this.#nowMs;
  }

  /** Runs a task this many milliseconds from now; one that `mayEnd` only if time goes on so far for the sake of others. */
  after(ms: number, run: () => void, mayEnd = false): void {
    this.#push({ atMs: this.#nowMs + Math.max(0, ms), order: this.#scheduled++, run, mayEnd });
    if (!mayEnd) this.#keeping++;
    if (this.#running || this.#keeping === 0) return;
    this.#running = true;
    setImmediate(() => this.#step());
  }

  /** Forgets everything scheduled: what waits for it waits for ever. */
  stop(): void {
    this.#tasks.length = 0;
    this.#keeping = 0;
  }

  #step(): void {
    const task = this.#keeping === 0 ? null : this.#pop();
    if (task === null) {
      this.#running = false;
      return;
    }
    if (!task.mayEnd) this.#keeping--;
    this.#nowMs = task.atMs;
    setImmediate(() => this.#step());
    task.run();
  }

  #push(task: Task): void {
    const heap = this.#tasks;
    let at = heap.push(task) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(task, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): Task | null {
    const heap = this.#tasks;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let least = heap[child];
      if (least === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, least)) {
        least = right;
        child++;
      }
      if (!isBefore(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(left: Task, right: Task): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/** A process of the simulation: surroundings of its own, which can stand still, end, or have its wall clock moved. */
export class SimulatedProcess implements Environment {
  readonly id: string;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly #time: SimulatedTime;
  #shiftMs = 0;
  #pausedUntilMs = 0;
  #ended = false;

  constructor(id: string, time: SimulatedTime, random: SeededRandom) {
    this.id = id;
    this.random = random;
    this.#time = time;
    this.clock = {
      nowMicros: () => Math.floor((time.wallMs + this.#shiftMs) * 1000),
      monotonicMs: () => time.nowMs,
      sleep: (ms, signal, options) => this.#sleep(ms, signal, options?.mayEnd),
    };
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Gives the process something to go on with; it never comes once the process has ended, and waits while the process stands still. */
  deliver(ms: number, run: () => void, mayEnd = false): void {
    const arrive = (): void => {
      if (this.#ended) return;
      const waitMs = this.#pausedUntilMs - this.#time.nowMs;
      if (waitMs > 0) this.deliver(waitMs, run, mayEnd);
      else run();
    };
    this.#time.after(ms, arrive, mayEnd);
  }

  /** Stands still for this long; what is meant for it arrives afterwards. */
  pause(ms: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#time.nowMs + ms);
  }

  /** Moves the wall clock, forward or back. */
  moveClock(ms: number): void {
    this.#shiftMs += ms;
  }

  /** Ends at once: nothing that it waits for ever comes. */
  end(): void {
    this.#ended = true;
  }

  #sleep(ms: number, signal?: AbortSignal, mayEnd?: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = (): void => reject(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      this.deliver(ms, wake, mayEnd);
    });
  }
}
