import type { Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";

/** Cells that no column holds, so that each is asked for; no commit patches them. */
export abstract class WholeCells implements Cells {
  readonly base = null;
  readonly clean = true;

  isPatched(): boolean {
    return false;
  }

  abstract isNull(ordinal: number): boolean;
  abstract value(ordinal: number): Value;
  abstract number(ordinal: number): number;
  abstract compare(a: number, b: number): number;
}

/** Cells of which none is null and none is a number. */
export abstract class TextCells extends WholeCells {
  isNull(): boolean {
    return false;
  }

  number(): number {
    return Number.NaN;
  }
}
