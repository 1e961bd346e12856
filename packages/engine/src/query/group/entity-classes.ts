import type { Variable, VariableIndex } from "@omnigraph/language";
import { bitAt, type DictionaryColumn } from "@omnigraph/storage";
import type { Cells } from "../../view/view.ts";
import type { RunContext } from "../run/context.ts";
import type { Account } from "./account.ts";
import { ClassTable } from "./class-table.ts";
import { cellHash, combined } from "./hash.ts";
import { OrdinalMap } from "./ordinal-map.ts";
import { OrdinalList } from "../run/ordinal-list.ts";
import type { EntityExpr } from "../plan/expressions.ts";
import type { Batch } from "../run/batch.ts";
import type { KeyClasses } from "./key-classes.ts";

/** Of what groups may take in memory: what a map of all ordinals may. */
const MAP_PART = 1 / 4;

/** Whether equal values of the keys mean the same entity. A path of which only the length is asked for is its length. */
function identify(type: Variable["type"], keys: readonly EntityExpr[]): boolean {
  if (type.kind === "path") return !type.traced;
  if (type.kind === "subquery") return false;
  const read = new Set<string>();
  for (const key of keys) {
    if (key.kind === "path" || key.kind === "subquery") return false;
    if (key.kind === "search") continue;
    if (key.kind === "entity" || key.field.kind === "id") return true;
    if (key.field.kind === "property") read.add(key.field.property.id);
  }
  return type.kind === "node" && type.key !== null && type.key.every(({ id }) => read.has(id));
}

/** The column of a single key, if it is dictionary-encoded and holds all values without patches. */
function dictionaryOf(cells: readonly Cells[]): DictionaryColumn | null {
  const [only, another] = cells;
  if (only === undefined || another !== undefined || !only.clean) return null;
  return only.base?.kind === "dictionary" ? only.base : null;
}

/** The dictionary entry of a row, from 1; 0 for null. */
function entryOf({ codes, validity }: DictionaryColumn, row: number): number {
  return validity === null || bitAt(validity, row) ? codes[row]! + 1 : 0;
}

/**
 * Numbers the entities of one variable by the values of its group keys: equal values have the same number. Each entity is hashed at most once, and never
 * where the keys identify it.
 */
export class EntityClasses implements KeyClasses {
  readonly variables: readonly [VariableIndex];
  readonly members: readonly [OrdinalList];
  readonly #variable: VariableIndex;
  /** An entity of each class. */
  readonly #entities = new OrdinalList();
  /** Known classes by ordinal, or by dictionary entry; null where that takes too much memory, or nothing bounds the ordinals. */
  readonly #known: OrdinalMap | null;
  readonly #dictionary: DictionaryColumn | null;
  readonly #identified: boolean;
  readonly #cells: readonly Cells[];
  readonly #hashes: readonly ((ordinal: number) => number)[];
  readonly #table = new ClassTable();
  readonly #isSame: (known: number) => boolean;
  #sought = 0;

  constructor(variable: VariableIndex, keys: readonly EntityExpr[], context: RunContext, account: Account) {
    this.variables = [variable];
    this.members = [this.#entities];
    this.#variable = variable;
    this.#identified = identify(context.variable(variable).type, keys);
    this.#cells = this.#identified ? [] : keys.map((key) => context.cells(key));
    this.#dictionary = dictionaryOf(this.#cells);
    const deciders =
      this.#dictionary === null ? context.capacity(variable) : this.#dictionary.dictionary.length + 1;
    const isLarge = deciders === null || deciders * 4 > account.share * MAP_PART;
    this.#known = isLarge ? null : new OrdinalMap(deciders, account.charge);
    this.#hashes = this.#cells.map(cellHash);
    this.#isSame = this.#identified
      ? (known) => this.#entities.items[known] === this.#sought
      : (known) => this.#sameKeys(this.#entities.items[known]!, this.#sought);
  }

  get count(): number {
    return this.#entities.length;
  }

  /** Equal ordinals often follow each other. */
  classify({ slots, length }: Batch, classes: Uint32Array): void {
    const ordinals = slots[this.#variable]!;
    let last = -1;
    let found = 0;
    for (let i = 0; i < length; i++) {
      const ordinal = ordinals[i]!;
      if (ordinal !== last) {
        found = this.#classOf(ordinal);
        last = ordinal;
      }
      classes[i] = found;
    }
  }

  classOf({ slots }: Batch, row: number): number {
    return this.#classOf(slots[this.#variable]![row]!);
  }

  #classOf(ordinal: number): number {
    const known = this.#mapped(ordinal);
    if (known >= 0) return known;
    const found = this.#identified && this.#known !== null ? this.count : this.#lookUp(ordinal);
    if (found === this.count) this.#entities.push(ordinal);
    this.#known?.set(this.#decider(ordinal), found);
    return found;
  }

  knownClassOf({ slots }: Batch, row: number): number {
    const ordinal = slots[this.#variable]![row]!;
    const known = this.#mapped(ordinal);
    if (known >= 0 || (this.#identified && this.#known !== null)) return known;
    this.#sought = ordinal;
    const found = this.#table.find(this.#hashOf(ordinal), this.#isSame);
    if (found >= 0) this.#known?.set(this.#decider(ordinal), found);
    return found;
  }

  hashOf({ slots }: Batch, row: number): number {
    return this.#hashOf(slots[this.#variable]![row]!);
  }

  #hashOf(ordinal: number): number {
    if (this.#identified) return ordinal;
    let hash = 0;
    for (const cell of this.#hashes) hash = combined(hash, cell(ordinal));
    return hash;
  }

  #mapped(ordinal: number): number {
    return this.#known === null ? -1 : this.#known.get(this.#decider(ordinal));
  }

  #decider(ordinal: number): number {
    return this.#dictionary === null ? ordinal : entryOf(this.#dictionary, ordinal);
  }

  #lookUp(ordinal: number): number {
    this.#sought = ordinal;
    return this.#table.classOf(this.#hashOf(ordinal), this.#isSame);
  }

  #sameKeys(a: number, b: number): boolean {
    for (const cells of this.#cells) if (cells.compare(a, b) !== 0) return false;
    return true;
  }
}
