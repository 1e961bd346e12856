import type { Value } from "@omnigraph/base";
import { compareNullable } from "../predicates/values.ts";
import { OrdinalList } from "../run/ordinal-list.ts";
import type { Argument } from "./argument.ts";
import { ClassTable } from "./class-table.ts";
import { cellHash, combined, valueHash } from "./hash.ts";
import { valueBytes } from "./value-bytes.ts";

/** Of a pair of a group and a value. */
const PAIR_BYTES = 24;
/** Of a value that is read from its entity. */
const MEMBER_BYTES = 16;

/** Tells whether a group has had a value before: values are numbered, and pairs of a group and such a number are kept. */
export class DistinctValues {
  readonly #argument: Argument;
  readonly #charge: (bytes: number) => void;
  readonly #hash: (place: number) => number;
  readonly #values = new ClassTable();
  /** By number: where the value is in the cells, or the value itself where places do not last. */
  readonly #members = new OrdinalList();
  readonly #held: Value[] = [];
  readonly #pairs = new ClassTable();
  readonly #groups = new OrdinalList();
  readonly #numbers = new OrdinalList();
  #sought = 0;
  #group = 0;
  #number = 0;

  constructor(argument: Argument, charge: (bytes: number) => void) {
    this.#argument = argument;
    this.#charge = charge;
    const { cells } = argument;
    const ofValue = valueHash();
    this.#hash = argument.isLasting ? cellHash(cells) : (place) => ofValue(cells.value(place));
  }

  /** Whether a value, which is not null, is the first of its kind in a group. */
  isNew(group: number, place: number): boolean {
    this.#group = group;
    this.#number = this.#numberOf(place);
    const known = this.#pairs.size;
    if (this.#pairs.classOf(combined(group, this.#number), this.#isSamePair) < known) return false;
    this.#groups.push(group);
    this.#numbers.push(this.#number);
    this.#charge(PAIR_BYTES);
    return true;
  }

  #numberOf(place: number): number {
    this.#sought = place;
    const known = this.#values.size;
    const number = this.#values.classOf(this.#hash(place), this.#isSameValue);
    if (number === known) this.#keep(place);
    return number;
  }

  #keep(place: number): void {
    if (this.#argument.isLasting) {
      this.#members.push(place);
      this.#charge(MEMBER_BYTES);
      return;
    }
    const value = this.#argument.cells.value(place);
    this.#held.push(value);
    this.#charge(MEMBER_BYTES + valueBytes(value));
  }

  readonly #isSameValue = (known: number): boolean => {
    const { cells, isLasting } = this.#argument;
    return isLasting
      ? cells.compare(this.#members.items[known]!, this.#sought) === 0
      : compareNullable(this.#held[known]!, cells.value(this.#sought)) === 0;
  };

  readonly #isSamePair = (known: number): boolean =>
    this.#groups.items[known] === this.#group && this.#numbers.items[known] === this.#number;
}
