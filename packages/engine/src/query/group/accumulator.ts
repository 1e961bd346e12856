import type { Value } from "@omnigraph/base";
import type { Batch } from "../run/batch.ts";

/** Computes an aggregate for every group. */
export interface Accumulator {
  /** Makes room for groups below `count`. Answers the bytes that it allocated. */
  widen(count: number): number;
  /** Adds the rows of a batch; groups[i] is the group of row i. */
  add(groups: Uint32Array, batch: Batch): void;
  value(group: number): Value;
  /** Where values are those of entities: which entity has that of a group, or -1 for null. */
  readonly witness?: Witness;
}

/** Stands for the values of groups by entities that have them. */
export interface Witness {
  of(group: number): number;
  value(ordinal: number): Value;
}

/** An array of at least `count` entries: the same one, or a longer copy. */
export function widened<T extends Float64Array | Uint32Array>(
  array: T,
  count: number,
  make: (length: number) => T,
): T {
  if (count <= array.length) return array;
  const wider = make(Math.max(count, array.length * 2));
  wider.set(array);
  return wider;
}

export function doubles(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(length);
}

export function words(length: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(length);
}
