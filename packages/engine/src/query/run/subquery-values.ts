import type { Value } from "@omnigraph/base";
import { compareNullable } from "../predicates/values.ts";
import { WholeCells } from "../values/whole-cells.ts";

/** The number of null. */
export const NO_VALUE = 0xffffffff;
const FALSE = 0xfffffffd;
const TRUE = 0xfffffffe;
/** Whole numbers below this are their own numbers; from here on numbers are places in a list. */
const FIRST_PLACE = 2 ** 31;
const ENTRY_BYTES = 24;

/** The values of a subquery, numbered for the slots of its variable: counts and truth values by themselves, others by their places in a list. */
export class SubqueryValues {
  readonly #charge: (bytes: number) => void;
  readonly #values: Value[] = [];
  #chargedBytes = 0;

  /** `charge` accounts for the bytes of values. */
  constructor(charge: (bytes: number) => void) {
    this.#charge = charge;
  }

  /** The number of a value; `bytes` is what it takes. */
  numberOf(value: Value, bytes: number): number {
    if (value === null) return NO_VALUE;
    if (typeof value === "boolean") return value ? TRUE : FALSE;
    if (isSmall(value)) return value;
    this.#chargedBytes += ENTRY_BYTES + bytes;
    this.#charge(ENTRY_BYTES + bytes);
    return FIRST_PLACE + this.#values.push(value) - 1;
  }

  /** Forgets all values. */
  clear(): void {
    this.#values.length = 0;
    this.#charge(-this.#chargedBytes);
    this.#chargedBytes = 0;
  }

  value(number: number): Value {
    if (number === NO_VALUE) return null;
    if (number === TRUE || number === FALSE) return number === TRUE;
    return number < FIRST_PLACE ? number : this.#values[number - FIRST_PLACE]!;
  }
}

function isSmall(value: Value): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < FIRST_PLACE;
}

/** The values of a subquery, read like a property. */
export class SubqueryCells extends WholeCells {
  readonly #values: SubqueryValues;

  /** The values stay readable: an answer is read after its run. */
  constructor(values: SubqueryValues) {
    super();
    this.#values = values;
  }

  isNull(number: number): boolean {
    return number === NO_VALUE;
  }

  value(number: number): Value {
    return this.#values.value(number);
  }

  number(number: number): number {
    const value = this.value(number);
    return typeof value === "object" || typeof value === "string" ? Number.NaN : Number(value);
  }

  compare(a: number, b: number): number {
    return a === b ? 0 : compareNullable(this.value(a), this.value(b));
  }
}
