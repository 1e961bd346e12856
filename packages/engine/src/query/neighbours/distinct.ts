import type { Stamps } from "../run/scratch.ts";
import { listed } from "./neighbours.ts";
import { OrdinalList } from "../run/ordinal-list.ts";

/** Up to this length a list is searched linearly instead of using marks. */
const SHORT = 8;

/** Collects distinct ordinals in the order of their first occurrence. */
export class DistinctList extends OrdinalList {
  readonly #stamps: Stamps;
  #epoch = 0;
  #marking = false;

  constructor(stamps: Stamps) {
    super();
    this.#stamps = stamps;
  }

  clear(): void {
    this.length = 0;
    this.#marking = false;
  }

  /** Adds list[start, end). */
  addAll(list: Uint32Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.#add(list[i]!);
  }

  #add(ordinal: number): void {
    if (!this.#marking && this.length >= SHORT) this.#startMarking();
    if (this.#marking) {
      const { marks } = this.#stamps;
      if (marks[ordinal] === this.#epoch) return;
      marks[ordinal] = this.#epoch;
    } else if (listed(this.items, 0, this.length, ordinal)) return;
    this.push(ordinal);
  }

  #startMarking(): void {
    this.#marking = true;
    this.#epoch = this.#stamps.next();
    for (let i = 0; i < this.length; i++) this.#stamps.marks[this.items[i]!] = this.#epoch;
  }
}
