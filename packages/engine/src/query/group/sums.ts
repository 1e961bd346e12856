import { OmnigraphError, type Value } from "@omnigraph/base";
import { INTEGER_BOUNDS } from "@omnigraph/language";
import { bitAt, type NumberColumn } from "@omnigraph/storage";
import type { Cells } from "../../view/view.ts";
import type { Batch } from "../run/batch.ts";
import type { Argument } from "./argument.ts";
import { type Accumulator, doubles, widened } from "./accumulator.ts";

/** Beyond this a partial sum of integers is moved to a bigint, well before a double loses digits. */
const SPILL = 2 ** 52;

export function overflow(scalar: string): OmnigraphError {
  return new OmnigraphError(
    "number_overflow",
    `a sum left the range of ${scalar}: aggregate fewer rows, or a float`,
  );
}

/** Sums and counts of the non-null numbers per group. */
export interface Totals extends Accumulator {
  /** The number of values in the sum. */
  count(group: number): number;
  /** The sum as the nearest double, divided by the count. */
  mean(group: number): number;
}

/** Reads a number by ordinal; NaN for null. */
export type NumberReader = (ordinal: number) => number;

export type Numbers = NumberColumn["values"];

/** The values of a property if one column holds them all without patches and nulls; then they are read without a call per row. */
export function plainNumbers(cells: Cells): Numbers | null {
  const { base } = cells;
  return base?.kind === "number" && base.validity === null && cells.clean ? base.values : null;
}

export function numberReader(cells: Cells): NumberReader {
  const { base, clean } = cells;
  if (base?.kind !== "number") return (ordinal) => cells.number(ordinal);
  const { values, validity } = base;
  return (ordinal) => {
    if (!clean && cells.isPatched(ordinal)) return cells.number(ordinal);
    return validity === null || bitAt(validity, ordinal) ? values[ordinal]! : Number.NaN;
  };
}

/** Sums integers of any width exactly. The range is checked at the end, so that the order of rows does not matter. */
export class WholeTotals implements Totals {
  readonly #cells: Cells;
  readonly #argument: Argument;
  readonly #scalar: "I64" | "U64";
  readonly #read: NumberReader;
  readonly #plain: Numbers | null;
  #sums = new Float64Array(0);
  #counts = new Float64Array(0);
  /** By group the part of its sum that was moved to a bigint. */
  readonly #spilled = new Map<number, bigint>();

  /** The sum has the type `scalar`. */
  constructor(argument: Argument, scalar: "I64" | "U64") {
    this.#cells = argument.cells;
    this.#argument = argument;
    this.#scalar = scalar;
    const { cells } = argument;
    this.#read = numberReader(cells);
    this.#plain = plainNumbers(cells);
  }

  widen(count: number): number {
    const before = this.#sums.byteLength;
    this.#sums = widened(this.#sums, count, doubles);
    this.#counts = widened(this.#counts, count, doubles);
    return 2 * (this.#sums.byteLength - before);
  }

  add(groups: Uint32Array, batch: Batch): void {
    const { weights, length } = batch;
    const ordinals = this.#argument.places(batch);
    if (this.#plain !== null && weights === null) {
      this.#addPlain(this.#plain, groups, ordinals, length);
      return;
    }
    for (let i = 0; i < length; i++) {
      const ordinal = ordinals[i]!;
      // A number beyond 2^53 is rounded; it fails the range test of its product below, and is then read exactly.
      const value = this.#read(ordinal);
      if (Number.isNaN(value)) continue;
      const weight = weights === null ? 1 : weights[i]!;
      const group = groups[i]!;
      const product = value * weight;
      if (product < SPILL && product > -SPILL) this.#addSmall(group, product);
      else this.#addLarge(group, ordinal, weight);
      this.#counts[group]! += weight;
    }
  }

  count(group: number): number {
    return this.#counts[group]!;
  }

  mean(group: number): number {
    const sum = this.#spilled.has(group) ? Number(this.#exact(group)) : this.#sums[group]!;
    return sum / this.#counts[group]!;
  }

  value(group: number): Value {
    if (this.#counts[group] === 0) return null;
    if (!this.#spilled.has(group)) return this.#sums[group]!;
    const sum = this.#exact(group);
    const [least, most] = INTEGER_BOUNDS[this.#scalar];
    if (sum < least || sum > most) throw overflow(this.#scalar);
    return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
  }

  /** Adds 32-bit integers of weight 1. */
  #addPlain(values: Numbers, groups: Uint32Array, ordinals: Uint32Array, length: number): void {
    const sums = this.#sums;
    const counts = this.#counts;
    for (let i = 0; i < length; i++) {
      const group = groups[i]!;
      const sum = sums[group]! + values[ordinals[i]!]!;
      sums[group] = sum;
      counts[group]!++;
      if (sum >= SPILL || sum <= -SPILL) this.#addSmall(group, 0);
    }
  }

  #addSmall(group: number, product: number): void {
    const sum = this.#sums[group]! + product;
    if (sum < SPILL && sum > -SPILL) {
      this.#sums[group] = sum;
      return;
    }
    this.#spill(group, BigInt(sum));
    this.#sums[group] = 0;
  }

  #addLarge(group: number, ordinal: number, weight: number): void {
    if (!Number.isSafeInteger(weight)) throw overflow(this.#scalar);
    const exact = this.#cells.value(ordinal);
    if (typeof exact === "number" || typeof exact === "bigint")
      this.#spill(group, BigInt(exact) * BigInt(weight));
  }

  #spill(group: number, sum: bigint): void {
    this.#spilled.set(group, (this.#spilled.get(group) ?? 0n) + sum);
  }

  #exact(group: number): bigint {
    return (this.#spilled.get(group) ?? 0n) + BigInt(this.#sums[group]!);
  }
}

/** Means, over the totals. */
export class Means implements Accumulator {
  readonly #totals: Totals;

  constructor(totals: Totals) {
    this.#totals = totals;
  }

  widen(count: number): number {
    return this.#totals.widen(count);
  }

  add(groups: Uint32Array, batch: Batch): void {
    this.#totals.add(groups, batch);
  }

  value(group: number): Value {
    return this.#totals.count(group) === 0 ? null : this.#totals.mean(group);
  }
}
