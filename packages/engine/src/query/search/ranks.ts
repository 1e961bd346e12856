import { SearchCells } from "../run/search-cells.ts";

/** The ranks of some entities, from 1. */
export class Ranks extends SearchCells {
  /** Ascending. */
  readonly #ordinals: Uint32Array;
  /** The rank of the ordinal at the same index. */
  readonly #ranks: Uint32Array;

  /** `best` are the ordinals that have ranks, the best first. */
  constructor(best: Uint32Array) {
    super();
    const places = Uint32Array.from(best, (_, at) => at).sort((a, b) => best[a]! - best[b]!);
    this.#ordinals = places.map((at) => best[at]!);
    this.#ranks = places.map((at) => at + 1);
  }

  /** The rank of an entity; infinite where it has none. */
  rankOf(ordinal: number): number {
    const ordinals = this.#ordinals;
    let low = 0;
    let high = ordinals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ordinals[middle]! < ordinal) low = middle + 1;
      else high = middle;
    }
    return ordinals[low] === ordinal ? this.#ranks[low]! : Number.POSITIVE_INFINITY;
  }

  matches(ordinal: number): boolean {
    return this.rankOf(ordinal) < Number.POSITIVE_INFINITY;
  }

  isNull(): boolean {
    return false;
  }

  protected numberOf(ordinal: number): number {
    return this.rankOf(ordinal);
  }
}

/** Two rankings as one: an entity has the sum of 1 / (k + rank) over those that have it. Equal sums are ordered by the first ranking. */
export class FusionCells extends SearchCells {
  override readonly ties: Ranks;
  readonly #other: Ranks;
  readonly #constant: number;

  constructor(first: Ranks, other: Ranks, constant: number) {
    super();
    this.ties = first;
    this.#other = other;
    this.#constant = constant;
  }

  matches(ordinal: number): boolean {
    return this.ties.matches(ordinal) || this.#other.matches(ordinal);
  }

  isNull(): boolean {
    return false;
  }

  protected numberOf(ordinal: number): number {
    // An infinite rank adds nothing.
    const constant = this.#constant;
    return 1 / (constant + this.ties.rankOf(ordinal)) + 1 / (constant + this.#other.rankOf(ordinal));
  }
}
