import type { VariableIndex } from "@omnigraph/language";

/** Number of rows of a full batch. */
export const BATCH_ROWS = 1024;

/** The slot of a variable that a batch does not carry. */
export const NO_ORDINALS: Uint32Array = new Uint32Array(0);

/**
 * Rows of a running query as columns of ordinals: row i binds variable v to entity slots[v][i]. Only variables that are still needed have a slot. Row i
 * stands for weights[i] equal rows; without weights, for one. The operator that made a batch refills it on its next `next`. Until then the receiving
 * operator may drop rows and change weights in place.
 */
export interface Batch {
  length: number;
  readonly slots: readonly Uint32Array[];
  readonly weights: Float64Array | null;
}

/** A step of a running query. The next step pulls rows from it; every call does a bounded amount of work. */
export interface Operator {
  /** The next rows, possibly none yet; null when there are no more. */
  next(): Batch | null;
  /** Drops unfinished rows, so that the next call starts with new input. */
  reset(): void;
}

/** Moves row `from` of a batch to place `to` (to <= from). */
export function moveRow(batch: Batch, from: number, to: number): void {
  if (from === to) return;
  const { slots, weights } = batch;
  for (let s = 0; s < slots.length; s++) {
    const slot = slots[s]!;
    if (slot.length > 0) slot[to] = slot[from]!;
  }
  if (weights !== null) weights[to] = weights[from]!;
}

/** Writes the carried variables of row `row` to places [at, end) of another batch, with its weight. */
export function repeatRow(
  from: Batch,
  row: number,
  to: Batch,
  at: number,
  end: number,
  carried: readonly VariableIndex[],
): void {
  for (let c = 0; c < carried.length; c++) {
    const variable = carried[c]!;
    const ordinal = from.slots[variable]![row]!;
    const slot = to.slots[variable]!;
    for (let i = at; i < end; i++) slot[i] = ordinal;
  }
  const weights = to.weights;
  if (weights === null) return;
  const weight = from.weights === null ? 1 : from.weights[row]!;
  for (let i = at; i < end; i++) weights[i] = weight;
}
