import type { VariableIndex } from "@omnigraph/language";
import type { Batch } from "../run/batch.ts";
import type { OrdinalList } from "../run/ordinal-list.ts";

/** Numbers rows by the values of some group keys: equal values have the same number, from 0 in the order of their first row. */
export interface KeyClasses {
  /** What the keys read. */
  readonly variables: readonly VariableIndex[];
  /** By variable the entity that a row of each class has: the keys have the value of the class there. */
  readonly members: readonly OrdinalList[];
  /** Number of classes so far. */
  readonly count: number;
  /** Writes the class of each row of a batch. */
  classify(batch: Batch, classes: Uint32Array): void;
  classOf(batch: Batch, row: number): number;
  /** The class of a row if there is one already, else -1. */
  knownClassOf(batch: Batch, row: number): number;
  /** A hash of the values of the keys: rows of one class have the same, whichever run of groups asks. */
  hashOf(batch: Batch, row: number): number;
}
