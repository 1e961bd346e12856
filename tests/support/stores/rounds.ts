import { setImmediate } from "node:timers/promises";
import type { ObjectStore } from "@omnigraph/storage";

/** Turns of the event loop in which nobody calls: whoever could, waits for an answer. */
const QUIET_TURNS = 50;

/**
 * Calls in rounds: those of a round are answered together, once nobody makes another. So a call is in a later round than another one exactly if it waits, by
 * whatever way, for the answer of that: the rounds of an action are the calls that it makes one after the other.
 */
export class Rounds {
  /** What was called, round by round. */
  readonly #all: string[][] = [];
  /** Calls that are made and not answered. */
  #calls = 0;
  #turns = 0;
  #open: Promise<void> | null = null;
  readonly #turn: () => Promise<unknown>;

  /** `turn`: where calls come by other ways than from this process's own code, what to wait for beside a turn of its loop. */
  constructor(turn: () => Promise<unknown> = setImmediate) {
    this.#turn = turn;
  }

  /** What is called while an action runs, round by round. A round that it does not wait for is left out: that is work in the background. */
  async of(action: () => Promise<unknown>): Promise<readonly (readonly string[])[]> {
    this.#all.length = 0;
    await action();
    return this.#all.slice(0, this.#open === null ? undefined : -1);
  }

  /** Makes a call, and answers it with the others of its round. */
  async call<T>(name: string, perform: () => Promise<T>): Promise<T> {
    this.#turns = 0;
    if (this.#open === null) {
      this.#all.push([]);
      this.#open = this.#quiet();
    }
    this.#all.at(-1)?.push(name);
    const round = this.#open;
    this.#calls++;
    try {
      return await perform();
    } finally {
      this.#calls--;
      this.#turns = 0;
      await round;
    }
  }

  async #quiet(): Promise<void> {
    while (this.#turns++ < QUIET_TURNS || this.#calls > 0) await this.#turn();
    this.#open = null;
  }
}

/** A store whose calls are made in rounds, as one is that is reached by a network: nothing of it can be read at once. */
export function inRounds(store: ObjectStore, rounds: Rounds): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = name === "rangeNow" ? undefined : Reflect.get(target, name);
      if (typeof value !== "function") return value;
      // S3 has nothing to sync.
      if (name === "close" || name === "sync") return value.bind(target);
      return (...args: readonly unknown[]) =>
        rounds.call(`${String(name)} ${String(args[0])}`, () => Reflect.apply(value, target, args));
    },
  });
}
