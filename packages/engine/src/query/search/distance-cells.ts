import { entryOf } from "@omnigraph/storage";
import { DistanceKernel } from "../../search/vectors/kernel.ts";
import { squaredDistance } from "../../search/vectors/squared-distance.ts";
import type { Cells } from "../../view/view.ts";
import { SearchCells } from "../run/search-cells.ts";

/** The squares of the distances of vectors from a query, each computed once. */
export class DistanceCells extends SearchCells {
  readonly #cells: Cells;
  readonly #query: Float32Array | null;
  /** By ordinal; not a number where it was not computed yet. */
  readonly #known: Float32Array;
  readonly #kernel: DistanceKernel | null;
  /** The ordinals of a batch whose distances the kernel is asked for, and their entries. */
  #ordinals = new Uint32Array(0);
  #entries = new Uint32Array(0);

  /** A null query has no distances. `capacity` bounds the ordinals. */
  constructor(cells: Cells, query: Float32Array | null, capacity: number) {
    super();
    this.#cells = cells;
    this.#query = query;
    this.#known = new Float32Array(capacity).fill(Number.NaN);
    const { base } = cells;
    this.#kernel = base?.kind === "vector" ? DistanceKernel.of(base.values) : null;
  }

  matches(ordinal: number): boolean {
    return !this.isNull(ordinal);
  }

  isNull(ordinal: number): boolean {
    return this.#query === null || this.#cells.isNull(ordinal);
  }

  override prepare(ordinals: Uint32Array, length: number): void {
    const { base, clean } = this.#cells;
    if (this.#query === null || this.#kernel === null || base?.kind !== "vector") return;
    if (this.#ordinals.length < length) {
      this.#ordinals = new Uint32Array(ordinals.length);
      this.#entries = new Uint32Array(ordinals.length);
    }
    const [asked, entries, known] = [this.#ordinals, this.#entries, this.#known];
    let count = 0;
    for (let k = 0; k < length; k++) {
      const ordinal = ordinals[k]!;
      // What an optional block binds to nothing has no place.
      if (ordinal >= known.length || !Number.isNaN(known[ordinal]!) || this.#cells.isNull(ordinal)) continue;
      if (!clean && this.#cells.isPatched(ordinal)) continue;
      asked[count] = ordinal;
      entries[count++] = entryOf(base, ordinal);
    }
    this.#kernel.eachDistance(this.#query, entries, count, (place, distance) => {
      known[asked[place]!] = distance;
    });
  }

  protected numberOf(ordinal: number): number {
    const known = this.#known[ordinal]!;
    if (!Number.isNaN(known)) return known;
    const distance = this.#distance(ordinal, this.#query!);
    this.#known[ordinal] = distance;
    return distance;
  }

  #distance(ordinal: number, query: Float32Array): number {
    const { base, clean } = this.#cells;
    if (base?.kind === "vector" && (clean || !this.#cells.isPatched(ordinal)))
      return squaredDistance(base.values, entryOf(base, ordinal) * base.dimension, query);
    const value = this.#cells.value(ordinal);
    return value instanceof Float32Array ? squaredDistance(value, 0, query) : Number.NaN;
  }
}
