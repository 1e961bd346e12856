import { isError, type Value } from "@omnigraph/base";
import type { Accumulator } from "./accumulator.ts";
import type { ValueLog } from "../spill/value-log.ts";

/** Words of an aggregate: what it is, and 64 bits of it. */
export const AGGREGATE_WORDS = 3;

const NULL = 0;
const DOUBLE = 1;
const SIGNED = 2;
const UNSIGNED = 3;
const WITNESS = 4;
const OVERFLOW = 5;
const STORED = 6;

/** The values of one aggregate as words. A sum that left its range fails where it is read, as it does in memory. */
export class AggregateWords {
  readonly #view = new DataView(new ArrayBuffer(8));
  /** Values that 64 bits do not hold. */
  readonly #stored: ValueLog;
  #overflow: unknown = null;

  constructor(stored: ValueLog) {
    this.#stored = stored;
  }

  /** Writes the value of a group to words[at, at + AGGREGATE_WORDS). */
  write(accumulator: Accumulator, group: number, words: Uint32Array, at: number): void {
    words[at] = this.#put(accumulator, group);
    words[at + 1] = this.#view.getUint32(0);
    words[at + 2] = this.#view.getUint32(4);
  }

  /** The value that was written; `accumulator` is of the same aggregate. Errors: `number_overflow`. */
  read(words: Uint32Array, at: number, accumulator: Accumulator): Value {
    const view = this.#view;
    view.setUint32(0, words[at + 1]!);
    view.setUint32(4, words[at + 2]!);
    switch (words[at]!) {
      case DOUBLE:
        return view.getFloat64(0);
      case SIGNED:
        return view.getBigInt64(0);
      case UNSIGNED:
        return view.getBigUint64(0);
      case WITNESS:
        return accumulator.witness!.value(view.getUint32(0));
      case STORED:
        return this.#stored.read(view.getUint32(0), view.getUint32(4));
      case OVERFLOW:
        throw this.#overflow;
      default:
        return null;
    }
  }

  /** Puts 64 bits of a value into the view; answers what they are. */
  #put(accumulator: Accumulator, group: number): number {
    const view = this.#view;
    if (accumulator.witness !== undefined) {
      const ordinal = accumulator.witness.of(group);
      view.setUint32(0, Math.max(ordinal, 0));
      return ordinal < 0 ? NULL : WITNESS;
    }
    const value = this.#valueOf(accumulator, group);
    if (typeof value === "number") {
      view.setFloat64(0, value);
      return DOUBLE;
    }
    if (value === null) return NULL;
    if (value === undefined) return OVERFLOW;
    if (typeof value !== "bigint") {
      const { at, length } = this.#stored.append(value);
      view.setUint32(0, at);
      view.setUint32(4, length);
      return STORED;
    }
    view.setBigInt64(0, value);
    return value < 0n ? SIGNED : UNSIGNED;
  }

  /** The value; undefined where it left its range. */
  #valueOf(accumulator: Accumulator, group: number): Value | undefined {
    try {
      return accumulator.value(group);
    } catch (error) {
      if (!isError(error, "number_overflow")) throw error;
      this.#overflow = error;
      return undefined;
    }
  }
}
