import type { EntityType, VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import { OrdinalList } from "../neighbours/neighbours.ts";
import type { EntityExpr, RunContext } from "../run/context.ts";
import { ClassTable } from "./class-table.ts";
import { cellHash, combined } from "./hash.ts";
import { OrdinalMap } from "./ordinal-map.ts";

/** Whether equal values of the keys mean the same entity. */
function identify(type: EntityType, keys: readonly EntityExpr[]): boolean {
  const read = new Set<string>();
  for (const key of keys) {
    if (key.kind === "entity" || key.field.kind === "id") return true;
    read.add(key.field.property.id);
  }
  return type.kind === "node" && type.key !== null && type.key.every(({ id }) => read.has(id));
}

/**
 * Numbers the entities of one variable by the values of its group keys: equal values, equal number. An entity is hashed once; where the keys
 * identify it, never.
 */
export class ValueClasses {
  readonly variable: VariableIndex;
  /** An entity of each class. */
  readonly members = new OrdinalList();
  readonly #known: OrdinalMap;
  readonly #identified: boolean;
  readonly #cells: readonly Cells[];
  readonly #hashes: readonly ((ordinal: number) => number)[];
  readonly #table = new ClassTable();
  readonly #isSame: (known: number) => boolean;
  #sought = 0;

  constructor(variable: VariableIndex, keys: readonly EntityExpr[], context: RunContext) {
    this.variable = variable;
    const { type, capacity } = context.rows(variable);
    this.#known = new OrdinalMap(capacity, (bytes) => context.charge(bytes));
    this.#identified = identify(type, keys);
    this.#cells = this.#identified ? [] : keys.map((key) => context.cells(key));
    this.#hashes = this.#cells.map(cellHash);
    this.#isSame = (known) => this.#sameKeys(this.members.items[known]!, this.#sought);
  }

  classOf(ordinal: number): number {
    const known = this.#known.get(ordinal);
    if (known >= 0) return known;
    const found = this.#identified ? this.members.length : this.#lookUp(ordinal);
    if (found === this.members.length) this.members.push(ordinal);
    this.#known.set(ordinal, found);
    return found;
  }

  #lookUp(ordinal: number): number {
    let hash = 0;
    for (const cell of this.#hashes) hash = combined(hash, cell(ordinal));
    this.#sought = ordinal;
    return this.#table.classOf(hash, this.#isSame);
  }

  #sameKeys(a: number, b: number): boolean {
    for (const cells of this.#cells) if (cells.compare(a, b) !== 0) return false;
    return true;
  }
}
