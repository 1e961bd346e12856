import { setTimeout } from "node:timers/promises";
import type { Clock, Environment, Random } from "./environment.ts";

/** How far the monotonic clock may drift from the system clock before it is set again: suspend and NTP move only the system clock. */
const STRAY_MS = 5;

class SystemClock implements Clock {
  #originMs = performance.timeOrigin;

  nowMicros(): number {
    const fine = performance.now();
    const wall = Date.now();
    if (Math.abs(this.#originMs + fine - wall) > STRAY_MS) this.#originMs = wall - fine;
    return Math.floor((this.#originMs + fine) * 1000);
  }

  monotonicMs(): number {
    return performance.now();
  }

  async sleep(ms: number, signal?: AbortSignal, options?: { readonly mayEnd?: boolean }): Promise<void> {
    const ref = options?.mayEnd !== true;
    try {
      await setTimeout(ms, undefined, signal === undefined ? { ref } : { signal, ref });
    } catch (cause) {
      throw signal?.aborted === true ? signal.reason : cause;
    }
  }
}

class SystemRandom implements Random {
  readonly #word = new Uint32Array(2);
  /** Random bytes fetched ahead, each used once: one system call costs as much as hundreds of bytes. */
  readonly #pool = new Uint8Array(512);
  #given = this.#pool.length;

  bytes(length: number): Uint8Array {
    if (length > this.#pool.length) return crypto.getRandomValues(new Uint8Array(length));
    if (this.#given + length > this.#pool.length) {
      crypto.getRandomValues(this.#pool);
      this.#given = 0;
    }
    const from = this.#given;
    this.#given += length;
    return this.#pool.slice(from, this.#given);
  }

  next(): number {
    const [high = 0, low = 0] = crypto.getRandomValues(this.#word);
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  }
}

/** The environment of a real process: the system clock in microseconds, cryptographic randomness. */
export const systemEnvironment: Environment = { clock: new SystemClock(), random: new SystemRandom() };
