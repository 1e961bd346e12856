import type { Value } from "@omnigraph/base";
import { bitAt, type NumberColumn } from "@omnigraph/storage";
import { type Batch, BATCH_ROWS } from "../run/batch.ts";
import { doubles, widened } from "./accumulator.ts";
import type { Argument } from "./argument.ts";
import {
  type NumberReader,
  numberReader,
  type Numbers,
  overflow,
  plainNumbers,
  type Totals,
} from "./sums.ts";
import { roundedSum, unitsOf, WideSum } from "./wide-sum.ts";

/** Doubles per group: the sum so far, and its rounding error. */
const PARTS = 2;
/** The product of a weight up to this and half of a double's digits is exact. */
const MAX_WEIGHT = 2 ** 26;
/** Splits a double into two of half as many digits (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;
/** Floats of at least this size may overflow when they are multiplied by a weight. */
const LARGE = 2 ** 960;

/** A sum over any number of rows is in range once it is divided by 2 to this power. */
const MEAN_SHIFT = 64;

/** Terms of a batch for the only group, at most two per row; or those of one row for its group. */
const terms = new Float64Array(2 * BATCH_ROWS);
const IN_ORDER = Uint32Array.from(terms, (_, at) => at);

/**
 * Sums floats exactly and rounds once, so that the order of rows does not matter. The rounding error of a sum of doubles is a double itself (Knuth's
 * TwoSum). Errors are summed beside; their own rounding errors go into a sum of unlimited precision.
 */
export class FloatTotals implements Totals {
  readonly #read: NumberReader;
  readonly #plain: Numbers | null;
  readonly #argument: Argument;
  /** The column, if it holds all values of the property and none is patched. */
  readonly #clean: NumberColumn | null;
  readonly #charge: (bytes: number) => void;
  #parts = new Float64Array(0);
  #counts = new Float64Array(0);
  /** By group the part of its sum that two doubles cannot hold. */
  readonly #wide = new Map<number, WideSum>();

  constructor(argument: Argument, charge: (bytes: number) => void) {
    const { cells } = argument;
    this.#read = numberReader(cells);
    this.#plain = plainNumbers(cells);
    this.#clean = cells.clean && cells.base?.kind === "number" ? cells.base : null;
    this.#argument = argument;
    this.#charge = charge;
  }

  widen(count: number): number {
    const before = this.#parts.byteLength + this.#counts.byteLength;
    this.#parts = widened(this.#parts, count * PARTS, doubles);
    this.#counts = widened(this.#counts, count, doubles);
    return this.#parts.byteLength + this.#counts.byteLength - before;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const { weights, length } = batch;
    const ordinals = this.#argument.places(batch);
    const counts = this.#counts;
    const plain = this.#plain;
    if (this.#parts.length === PARTS) {
      if (plain === null || weights !== null) {
        this.#addAlone(terms, IN_ORDER, this.#termsOf(ordinals, weights, length));
      } else {
        this.#addAlone(plain, ordinals, length);
        counts[0]! += length;
      }
      return;
    }
    if (plain !== null && weights === null) {
      for (let i = 0; i < length; i++) {
        const group = groups[i]!;
        this.#add(group, plain[ordinals[i]!]!);
        counts[group]!++;
      }
      return;
    }
    for (let i = 0; i < length; i++) {
      const value = this.#read(ordinals[i]!);
      if (Number.isNaN(value)) continue;
      const weight = weights === null ? 1 : weights[i]!;
      const group = groups[i]!;
      counts[group]! += weight;
      const count = this.#weigh(group, value, weight, 0);
      for (let term = 0; term < count; term++) this.#add(group, terms[term]!);
    }
  }

  count(group: number): number {
    return this.#counts[group]!;
  }

  #double(group: number): number {
    const wide = this.#wide.get(group);
    const high = this.#parts[group * PARTS]!;
    const low = this.#parts[group * PARTS + 1]!;
    return wide === undefined ? high + low : roundedSum(this.#units(group, wide));
  }

  mean(group: number): number {
    const sum = this.#double(group);
    const count = this.#counts[group]!;
    if (Number.isFinite(sum)) return sum / count;
    // The sum may be out of range, but the mean of doubles never is.
    const units = this.#units(group, this.#wide.get(group));
    return (roundedSum(units, MEAN_SHIFT) / count) * 2 ** MEAN_SHIFT;
  }

  value(group: number): Value {
    if (this.#counts[group] === 0) return null;
    const sum = this.#double(group);
    if (!Number.isFinite(sum)) throw overflow("F64");
    return sum;
  }

  #add(group: number, value: number): void {
    const parts = this.#parts;
    const at = group * PARTS;
    const high = parts[at]!;
    const sum = high + value;
    const added = sum - high;
    const lost = high - (sum - added) + (value - added);
    if (lost === 0) {
      parts[at] = sum;
      return;
    }
    const low = parts[at + 1]!;
    const lowSum = low + lost;
    const lowAdded = lowSum - low;
    const rest = low - (lowSum - lowAdded) + (lost - lowAdded);
    parts[at] = sum;
    parts[at + 1] = lowSum;
    if (rest === 0) return;
    const wide = this.#wideOf(group);
    if (rest === rest) {
      wide.add(rest);
      return;
    }
    // The sum is out of range for now; later terms may bring it back.
    wide.add(high);
    wide.add(low);
    wide.add(value);
    parts[at] = 0;
    parts[at + 1] = 0;
  }

  /** Writes the values of a batch for the only group into `terms`; answers their number. */
  #termsOf(ordinals: Uint32Array, weights: Float64Array | null, length: number): number {
    const column = this.#clean;
    const validity = column?.validity ?? null;
    let count = 0;
    let rows = 0;
    for (let i = 0; i < length; i++) {
      const ordinal = ordinals[i]!;
      if (validity !== null && !bitAt(validity, ordinal)) continue;
      const value = column === null ? this.#read(ordinal) : column.values[ordinal]!;
      if (value !== value) continue;
      const weight = weights === null ? 1 : weights[i]!;
      rows += weight;
      if (weight === 1) terms[count++] = value;
      else count = this.#weigh(0, value, weight, count);
    }
    this.#counts[0]! += rows;
    return count;
  }

  /** Writes doubles whose exact sum is value * weight to `terms` from `at` on. Answers where they end. */
  #weigh(group: number, value: number, weight: number, at: number): number {
    if (weight > MAX_WEIGHT || Math.abs(value) >= LARGE) {
      if (!Number.isSafeInteger(weight)) throw overflow("F64");
      this.#wideOf(group).addTimes(value, weight);
      return at;
    }
    const stretched = SPLITTER * value;
    const upper = stretched - (stretched - value);
    terms[at] = upper * weight;
    terms[at + 1] = (value - upper) * weight;
    return at + 2;
  }

  /** `#add` for the values at the first `count` ordinals, with only one group. */
  #addAlone(values: Numbers, ordinals: Uint32Array, count: number): void {
    const parts = this.#parts;
    let high = parts[0]!;
    let low = parts[1]!;
    for (let i = 0; i < count; i++) {
      const value = values[ordinals[i]!]!;
      const sum = high + value;
      const added = sum - high;
      const lost = high - (sum - added) + (value - added);
      const lowSum = low + lost;
      const lowAdded = lowSum - low;
      const rest = low - (lowSum - lowAdded) + (lost - lowAdded);
      if (rest === 0) {
        high = sum;
        low = lowSum;
        continue;
      }
      const wide = this.#wideOf(0);
      if (rest === rest) {
        wide.add(rest);
        high = sum;
        low = lowSum;
      } else {
        wide.add(high);
        wide.add(low);
        wide.add(value);
        high = 0;
        low = 0;
      }
    }
    parts[0] = high;
    parts[1] = low;
  }

  #wideOf(group: number): WideSum {
    let wide = this.#wide.get(group);
    if (wide === undefined) {
      this.#charge(WideSum.bytes);
      this.#wide.set(group, (wide = new WideSum()));
    }
    return wide;
  }

  /** The whole sum in multiples of 2^-1074. */
  #units(group: number, wide: WideSum | undefined): bigint {
    const high = unitsOf(this.#parts[group * PARTS]!);
    const low = unitsOf(this.#parts[group * PARTS + 1]!);
    return high + low + (wide?.units() ?? 0n);
  }
}
