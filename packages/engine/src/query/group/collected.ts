import type { Value } from "@omnigraph/base";
import { compareNullable } from "../predicates/values.ts";
import type { Batch } from "../run/batch.ts";
import type { Accumulator } from "./accumulator.ts";
import type { Argument } from "./argument.ts";
import { DistinctValues } from "./distinct-values.ts";
import { valueBytes } from "./value-bytes.ts";

/** Of a group without values. */
const GROUP_BYTES = 32;
/** Of a value in a list. */
const ITEM_BYTES = 8;

/** The values per group that are not null, the least first. */
export class Collected implements Accumulator {
  readonly #argument: Argument;
  readonly #charge: (bytes: number) => void;
  /** Null where a value counts as often as it comes. */
  readonly #distinct: DistinctValues | null;
  readonly #lists: Value[][] = [];

  constructor(argument: Argument, isDistinct: boolean, charge: (bytes: number) => void) {
    this.#argument = argument;
    this.#charge = charge;
    this.#distinct = isDistinct ? new DistinctValues(argument, charge) : null;
  }

  widen(count: number): number {
    const before = this.#lists.length;
    while (this.#lists.length < count) this.#lists.push([]);
    return (this.#lists.length - before) * GROUP_BYTES;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const places = this.#argument.places(batch);
    const { cells } = this.#argument;
    for (let i = 0; i < batch.length; i++) {
      const value = cells.value(places[i]!);
      if (value === null) continue;
      const group = groups[i]!;
      if (this.#distinct?.isNew(group, places[i]!) === false) continue;
      const times = this.#distinct !== null || batch.weights === null ? 1 : batch.weights[i]!;
      this.#charge(times * (ITEM_BYTES + valueBytes(value)));
      const list = this.#lists[group]!;
      for (let k = 0; k < times; k++) list.push(value);
    }
  }

  value(group: number): Value {
    // 0 and -0 are equal, so the answer must not depend on which came first.
    return this.#lists[group]!.map((value) => (value === 0 ? 0 : value)).sort(compareNullable);
  }
}
