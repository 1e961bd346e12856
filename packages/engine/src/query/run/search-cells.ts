import type { Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";
import { WholeCells } from "../values/whole-cells.ts";

/** What a search function answers for each entity, read like a property. */
export abstract class SearchCells extends WholeCells {
  /** What orders entities of equal values, ascending, before their ids do. */
  readonly ties: Cells | null = null;

  /** Told of entities that are about to be read, for those that several cost less than one by one. */
  prepare(_ordinals: Uint32Array, _length: number): void {}

  /** Whether a search finds the entity, or a ranking has it. */
  abstract matches(ordinal: number): boolean;
  /** A truth value as 0 or 1; of null any number. */
  protected abstract numberOf(ordinal: number): number;

  number(ordinal: number): number {
    return this.isNull(ordinal) ? Number.NaN : this.numberOf(ordinal);
  }

  value(ordinal: number): Value {
    return this.isNull(ordinal) ? null : this.numberOf(ordinal);
  }

  compare(a: number, b: number): number {
    const [isANull, isBNull] = [this.isNull(a), this.isNull(b)];
    if (isANull || isBNull) return Number(isBNull) - Number(isANull);
    // Distances that are too large for a number are equal, and their difference would be none.
    const [first, second] = [this.numberOf(a), this.numberOf(b)];
    return first === second ? 0 : first - second;
  }
}
