import { isError } from "@omnigraph/base";
import type { Tag } from "../address.ts";

/** Reads digests of one size by log and number, each that is missing or damaged once. */
export class DigestReader<T> {
  readonly #keyOf: (tag: Tag, number: number) => string;
  readonly #load: (tag: Tag, number: number) => Promise<T | null>;
  readonly #absent = new Set<string>();
  readonly #loading = new Map<string, Promise<T | null>>();

  /** `load` reads and decodes; null: there is none. */
  constructor(
    keyOf: (tag: Tag, number: number) => string,
    load: (tag: Tag, number: number) => Promise<T | null>,
  ) {
    this.#keyOf = keyOf;
    this.#load = load;
  }

  /** The digest, or null where there is none that could be used. Those who ask at one time share one read. */
  async read(tag: Tag, number: number): Promise<T | null> {
    const key = this.#keyOf(tag, number);
    if (this.#absent.has(key)) return null;
    const loading = this.#loading.get(key) ?? this.#read(key, tag, number);
    this.#loading.set(key, loading);
    return loading;
  }

  /** Takes note that there is none that could be used. */
  distrust(tag: Tag, number: number): void {
    this.#absent.add(this.#keyOf(tag, number));
  }

  /** Takes note that it was written. */
  written(tag: Tag, number: number): void {
    this.#absent.delete(this.#keyOf(tag, number));
  }

  async #read(key: string, tag: Tag, number: number): Promise<T | null> {
    try {
      const found = await this.#load(tag, number);
      if (found === null) this.#absent.add(key);
      return found;
    } catch (cause) {
      if (!isError(cause)) throw cause;
      // Whatever is wrong with a digest or the way to it: the slots have the answer.
      this.#absent.add(key);
      return null;
    } finally {
      this.#loading.delete(key);
    }
  }
}
