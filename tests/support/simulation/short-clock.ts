import type { Clock } from "@omnigraph/base";

/** 2026-01-01T00:00:00Z. */
const EPOCH_MS = 1_767_225_600_000;
/** Longer waits (heartbeats) end only when time is moved. */
const SHORT_MS = 1_000;

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Whether a wait is over at once. `mayEnd`: of what is done now and then. */
export type IsShort = (ms: number, mayEnd: boolean) => boolean;

const isShort: IsShort = (ms) => ms <= SHORT_MS;

/** A clock on which short waits are over at once, as far as it is concerned, and long ones when a test moves it. */
export class ShortClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  /** `startMs`: milliseconds that have passed before. */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMicros(): number {
    // Each look is a microsecond later, so that times differ.
    this.#nowMs += 0.001;
    return Math.floor((EPOCH_MS + this.#nowMs) * 1000);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(
    ms: number,
    signal?: AbortSignal,
    { mayEnd = false }: { readonly mayEnd?: boolean } = {},
    isOver: IsShort = isShort,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      const giveUp = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      if (signal?.aborted === true) return giveUp();
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#sleepers.add(sleeper);
      if (isOver(ms, mayEnd)) setImmediate(() => this.#wake(sleeper));
    });
  }

  /** Moves time on; whoever slept until then wakes. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = [...this.#sleepers].filter(({ atMs }) => atMs <= this.#nowMs);
    for (const sleeper of due.toSorted((a, b) => a.atMs - b.atMs)) this.#wake(sleeper);
  }

  #wake(sleeper: Sleeper): void {
    if (!this.#sleepers.delete(sleeper)) return;
    this.#nowMs = Math.max(this.#nowMs, sleeper.atMs);
    sleeper.wake();
  }
}

/** The clock of one process of several that share a time: its wall clock alone can be set to another time. */
export class ProcessClock implements Clock {
  readonly #time: ShortClock;
  readonly #isShort: IsShort;
  #offMs = 0;

  constructor(time: ShortClock, isShortHere: IsShort = isShort) {
    this.#time = time;
    this.#isShort = isShortHere;
  }

  nowMicros(): number {
    return this.#time.nowMicros() + this.#offMs * 1000;
  }

  monotonicMs(): number {
    return this.#time.monotonicMs();
  }

  sleep(ms: number, signal?: AbortSignal, options?: { readonly mayEnd?: boolean }): Promise<void> {
    return this.#time.sleep(ms, signal, options, this.#isShort);
  }

  /** Sets the wall clock on, or back. */
  set(ms: number): void {
    this.#offMs += ms;
  }
}
