import { isError, lru } from "@omnigraph/base";
import type { LogId } from "../address.ts";

/** Most missing digests that are remembered; a forgotten one is looked for again. */
const ABSENT = 1 << 16;

/** Reads digests of one size by log and number. A missing or damaged one is tried only once. */
export class DigestReader<T> {
  readonly #keyOf: (logId: LogId, number: number) => string;
  readonly #load: (logId: LogId, number: number) => Promise<T | null>;
  readonly #absent = lru<true>(ABSENT);
  readonly #loading = new Map<string, Promise<T | null>>();

  /** `load` reads and decodes a digest; null where there is none. */
  constructor(
    keyOf: (logId: LogId, number: number) => string,
    load: (logId: LogId, number: number) => Promise<T | null>,
  ) {
    this.#keyOf = keyOf;
    this.#load = load;
  }

  /** The digest, or null where there is no usable one. Concurrent callers share one read. */
  async read(logId: LogId, number: number): Promise<T | null> {
    const key = this.#keyOf(logId, number);
    if (this.#absent.get(key) === true) return null;
    const loading = this.#loading.get(key) ?? this.#read(key, logId, number);
    this.#loading.set(key, loading);
    return loading;
  }

  /** Remembers that there is no usable digest. */
  noteAbsent(logId: LogId, number: number): void {
    this.#absent.set(this.#keyOf(logId, number), true);
  }

  /** Forgets that a digest is missing: it was just written. */
  written(logId: LogId, number: number): void {
    this.#absent.delete(this.#keyOf(logId, number));
  }

  async #read(key: string, logId: LogId, number: number): Promise<T | null> {
    try {
      const found = await this.#load(logId, number);
      if (found === null) this.#absent.set(key, true);
      return found;
    } catch (cause) {
      if (!isError(cause)) throw cause;
      // Digests are derived: whatever is wrong with one, the slots have the answer.
      this.#absent.set(key, true);
      return null;
    } finally {
      this.#loading.delete(key);
    }
  }
}
