import { present } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import type { RowExpr } from "../plan/outputs.ts";
import { type Batch, BATCH_ROWS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Account } from "./account.ts";
import { ClassTable } from "./class-table.ts";
import { combined } from "./hash.ts";
import { ValueClasses } from "./value-classes.ts";
import { OrdinalList } from "../run/ordinal-list.ts";
import { type EntityExpr, isConstant } from "../plan/expressions.ts";

/** Bytes of a group besides its aggregates. */
const GROUP_BYTES = 32;
/** Group numbers where all rows are in group 0. Never written, so that counting rows allocates nothing. */
const SINGLE_GROUP: Uint32Array = new Uint32Array(BATCH_ROWS);

/** Numbers rows by their group keys. Without keys there is exactly one group, even without rows. */
export class Grouping {
  /** Number of groups so far. */
  count: number;
  /** Group of each row of the batch last numbered. */
  readonly groups: Uint32Array;
  readonly #account: Account;
  readonly #classes: readonly ValueClasses[];
  /** With keys on several variables: for each variable its class in every group. */
  readonly #members: readonly OrdinalList[];
  /** Groups by the classes of several variables. */
  readonly #table: ClassTable | null;
  readonly #row: Uint32Array;
  readonly #isSame: (known: number) => boolean;

  constructor(keys: readonly RowExpr[], context: RunContext, account: Account) {
    this.#account = account;
    this.#classes = keys.length === 0 ? [] : classesOf(keys, context, account);
    this.#members = this.#classes.map(() => new OrdinalList());
    this.#row = new Uint32Array(this.#classes.length);
    this.#isSame = (known) => this.#sameClasses(known);
    this.#table = this.#classes.length > 1 ? new ClassTable() : null;
    this.groups = this.#classes.length === 0 ? SINGLE_GROUP : new Uint32Array(BATCH_ROWS);
    this.count = keys.length === 0 ? 1 : 0;
  }

  /** Numbers the rows of a batch: see `groups`. */
  number(batch: Batch): void {
    const before = this.count;
    const [first, second] = this.#classes;
    if (first === undefined) this.#numberAlike(batch);
    else if (second === undefined) this.#numberByOne(batch, first);
    else this.#numberByAll(batch);
    if (this.count > before) this.#account.charge((this.count - before) * this.#groupBytes);
  }

  /** The variables that the keys read, in their order. */
  get variables(): readonly VariableIndex[] {
    return this.#classes.map(({ variable }) => variable);
  }

  /** The group of a row if there is one already, else -1. Without keys it is always 0. */
  knownGroup({ slots }: Batch, at: number): number {
    const classes = this.#classes;
    let hash = 0;
    for (let c = 0; c < classes.length; c++) {
      const known = classes[c]!.knownClassOf(slots[classes[c]!.variable]![at]!);
      if (known < 0) return -1;
      if (this.#table === null) return known;
      this.#row[c] = known;
      hash = combined(hash, known);
    }
    return this.#table === null ? 0 : this.#table.find(hash, this.#isSame);
  }

  /** A hash of the keys of a row: rows of one group have the same. */
  hash({ slots }: Batch, at: number): number {
    let hash = 0;
    for (const classes of this.#classes) hash = combined(hash, classes.hashOf(slots[classes.variable]![at]!));
    return hash;
  }

  /** Groups, and the classes of each variable, of which there are as many at most. */
  get #groupBytes(): number {
    return GROUP_BYTES * (this.#classes.length > 1 ? 1 + this.#classes.length : 1);
  }

  /** An entity of the variable in each group. */
  representatives(variable: VariableIndex): Uint32Array {
    const at = this.#classes.findIndex((classes) => classes.variable === variable);
    const { items } = this.#classes[at]!.members;
    if (this.#classes.length === 1) return items.subarray(0, this.count);
    const classes = this.#members[at]!.items;
    return Uint32Array.from({ length: this.count }, (_, group) => items[classes[group]!]!);
  }

  #numberAlike({ length }: Batch): void {
    if (length > 0) this.count = 1;
  }

  #numberByOne({ slots, length }: Batch, classes: ValueClasses): void {
    classes.classify(slots[classes.variable]!, length, this.groups);
    this.count = classes.members.length;
  }

  #numberByAll({ slots, length }: Batch): void {
    const classes = this.#classes;
    const row = this.#row;
    const table = present(this.#table, "table of groups");
    for (let i = 0; i < length; i++) {
      let hash = 0;
      for (let c = 0; c < classes.length; c++) {
        row[c] = classes[c]!.classOf(slots[classes[c]!.variable]![i]!);
        hash = combined(hash, row[c]!);
      }
      const group = table.classOf(hash, this.#isSame);
      if (group === this.count) this.#addGroup();
      this.groups[i] = group;
    }
  }

  #addGroup(): void {
    this.count++;
    for (let c = 0; c < this.#members.length; c++) this.#members[c]!.push(this.#row[c]!);
  }

  #sameClasses(known: number): boolean {
    for (let c = 0; c < this.#members.length; c++) {
      if (this.#members[c]!.items[known] !== this.#row[c]) return false;
    }
    return true;
  }
}

/** Classes of values by variable, in the order in which the keys name them. */
function classesOf(keys: readonly RowExpr[], context: RunContext, account: Account): readonly ValueClasses[] {
  const byVariable = new Map<VariableIndex, EntityExpr[]>();
  for (const key of keys) {
    if (isConstant(key)) continue;
    const same = byVariable.get(key.variable);
    if (same === undefined) byVariable.set(key.variable, [key]);
    else same.push(key);
  }
  return [...byVariable].map(([variable, own]) => new ValueClasses(variable, own, context, account));
}
