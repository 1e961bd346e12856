import type { Value } from "@omnigraph/base";
import { SearchCells } from "../run/search-cells.ts";

/** Whether texts have some words. */
export class FoundCells extends SearchCells {
  readonly #found: Uint8Array;
  readonly #isUnknown: (ordinal: number) => boolean;

  /** `found` has 1 for each ordinal that has one of the words; `isUnknown` tells where there is no text. */
  constructor(found: Uint8Array, isUnknown: (ordinal: number) => boolean) {
    super();
    this.#found = found;
    this.#isUnknown = isUnknown;
  }

  matches(ordinal: number): boolean {
    return this.#found[ordinal] === 1;
  }

  isNull(ordinal: number): boolean {
    return this.#isUnknown(ordinal);
  }

  override value(ordinal: number): Value {
    return this.isNull(ordinal) ? null : this.matches(ordinal);
  }

  protected numberOf(ordinal: number): number {
    return this.#found[ordinal]!;
  }
}

/** How well texts fit some words. */
export class ScoreCells extends SearchCells {
  readonly #scores: Float32Array;

  /** By ordinal; 0 for texts that have none of the words. */
  constructor(scores: Float32Array) {
    super();
    this.#scores = scores;
  }

  matches(ordinal: number): boolean {
    return this.#scores[ordinal]! > 0;
  }

  isNull(): boolean {
    return false;
  }

  protected numberOf(ordinal: number): number {
    return this.#scores[ordinal]!;
  }
}
