import type { Value } from "@omnigraph/base";
import { type VariableIndex, variablesIn } from "@omnigraph/language";
import type { RowwiseExpr } from "../plan/expressions.ts";
import { compareNullable } from "../predicates/values.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { OrdinalList } from "../run/ordinal-list.ts";
import { RowCursor, rowValues } from "../run/row-values.ts";
import type { ValueAt } from "../values/value-at.ts";
import type { Account } from "./account.ts";
import { ClassTable } from "./class-table.ts";
import { valueHash } from "./hash.ts";
import type { KeyClasses } from "./key-classes.ts";
import { valueBytes } from "./value-bytes.ts";

/** Of a class beside its value. */
const CLASS_BYTES = 8;

/** Numbers rows by the value of a group key that is computed of them. */
export class ComputedClasses implements KeyClasses {
  readonly variables: readonly VariableIndex[];
  readonly members: readonly OrdinalList[];
  readonly #account: Account;
  readonly #cursor = new RowCursor();
  readonly #valueAt: ValueAt;
  readonly #hash = valueHash();
  readonly #table = new ClassTable();
  /** By class. */
  readonly #values: Value[] = [];
  #sought: Value = null;

  constructor(key: RowwiseExpr, context: RunContext, account: Account) {
    this.variables = [...new Set(variablesIn(key))];
    this.members = this.variables.map(() => new OrdinalList());
    this.#account = account;
    this.#valueAt = rowValues(key, context, this.#cursor.ordinalOf);
  }

  get count(): number {
    return this.#values.length;
  }

  classify(batch: Batch, classes: Uint32Array): void {
    for (let row = 0; row < batch.length; row++) classes[row] = this.classOf(batch, row);
  }

  classOf(batch: Batch, row: number): number {
    const value = this.#read(batch, row);
    const found = this.#table.classOf(this.#hash(value), this.#isSame);
    if (found === this.#values.length) this.#add(value, batch, row);
    return found;
  }

  knownClassOf(batch: Batch, row: number): number {
    return this.#table.find(this.#hash(this.#read(batch, row)), this.#isSame);
  }

  hashOf(batch: Batch, row: number): number {
    return this.#hash(this.#read(batch, row));
  }

  readonly #isSame = (known: number): boolean => compareNullable(this.#values[known]!, this.#sought) === 0;

  #read({ slots }: Batch, row: number): Value {
    this.#cursor.slots = slots;
    this.#sought = this.#valueAt(row);
    return this.#sought;
  }

  #add(value: Value, { slots }: Batch, row: number): void {
    this.#values.push(value);
    const ordinals = 4 * this.variables.length;
    this.#account.charge(CLASS_BYTES + ordinals + valueBytes(value));
    for (const [at, variable] of this.variables.entries()) this.members[at]!.push(slots[variable]![row]!);
  }
}
