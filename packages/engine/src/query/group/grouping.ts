import { present } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import type { VaryingExpr } from "../plan/outputs.ts";
import { type Batch, BATCH_ROWS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Account } from "./account.ts";
import { ClassTable } from "./class-table.ts";
import { combined } from "./hash.ts";
import { ComputedClasses } from "./computed-classes.ts";
import { EntityClasses } from "./entity-classes.ts";
import type { KeyClasses } from "./key-classes.ts";
import { OrdinalList } from "../run/ordinal-list.ts";
import { type EntityExpr, isRowwise } from "../plan/expressions.ts";

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
  /** The classes of some keys, which together decide the group. */
  readonly #classes: readonly KeyClasses[];
  /** By key where the entities of its classes begin in `entities`. */
  readonly #places: readonly number[];
  /** With several classes: for each of them the class of every group. */
  readonly #members: readonly OrdinalList[];
  /** Groups by several classes. */
  readonly #table: ClassTable | null;
  readonly #row: Uint32Array;
  readonly #isSame: (known: number) => boolean;

  constructor(keys: readonly VaryingExpr[], context: RunContext, account: Account) {
    this.#account = account;
    const { classes, classOfKey } = classesOf(keys, context, account);
    this.#classes = classes;
    this.#places = classOfKey.map((at) => classes.slice(0, at).flatMap(({ variables }) => variables).length);
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

  /** What the groups are told from: a row of each group has an entity of these variables, of which its keys have the values of the group. One may be in it twice. */
  get entities(): readonly VariableIndex[] {
    return this.#classes.flatMap(({ variables }) => variables);
  }

  /** Where the entities that a key reads begin in `entities`. */
  placeOf(key: number): number {
    return this.#places[key]!;
  }

  /** The group of a row if there is one already, else -1. Without keys it is always 0. */
  knownGroup(batch: Batch, row: number): number {
    const classes = this.#classes;
    let hash = 0;
    for (let c = 0; c < classes.length; c++) {
      const known = classes[c]!.knownClassOf(batch, row);
      if (known < 0) return -1;
      if (this.#table === null) return known;
      this.#row[c] = known;
      hash = combined(hash, known);
    }
    return this.#table === null ? 0 : this.#table.find(hash, this.#isSame);
  }

  /** A hash of the keys of a row: rows of one group have the same. */
  hash(batch: Batch, row: number): number {
    let hash = 0;
    for (const classes of this.#classes) hash = combined(hash, classes.hashOf(batch, row));
    return hash;
  }

  /** Groups, and the classes of each variable, of which there are as many at most. */
  get #groupBytes(): number {
    return GROUP_BYTES * (this.#classes.length > 1 ? 1 + this.#classes.length : 1);
  }

  /** By group the entity at a place of `entities`. */
  representatives(place: number): Uint32Array {
    let first = 0;
    const at = this.#classes.findIndex(({ variables }) => {
      const isHere = place < first + variables.length;
      if (!isHere) first += variables.length;
      return isHere;
    });
    const { items } = this.#classes[at]!.members[place - first]!;
    if (this.#classes.length === 1) return items.subarray(0, this.count);
    const classes = this.#members[at]!.items;
    return Uint32Array.from({ length: this.count }, (_, group) => items[classes[group]!]!);
  }

  #numberAlike({ length }: Batch): void {
    if (length > 0) this.count = 1;
  }

  #numberByOne(batch: Batch, classes: KeyClasses): void {
    classes.classify(batch, this.groups);
    this.count = classes.count;
  }

  #numberByAll(batch: Batch): void {
    const classes = this.#classes;
    const row = this.#row;
    const table = present(this.#table, "table of groups");
    for (let i = 0; i < batch.length; i++) {
      let hash = 0;
      for (let c = 0; c < classes.length; c++) {
        row[c] = classes[c]!.classOf(batch, i);
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

interface KeyedClasses {
  readonly classes: readonly KeyClasses[];
  /** By key the place of its classes. */
  readonly classOfKey: readonly number[];
}

/** Classes of the values that are read from one variable together, and of each computed value, in the order in which the keys name them. */
function classesOf(keys: readonly VaryingExpr[], context: RunContext, account: Account): KeyedClasses {
  const byVariable = new Map<VariableIndex, EntityExpr[]>();
  for (const key of keys) {
    if (isRowwise(key)) continue;
    const same = byVariable.get(key.variable);
    if (same === undefined) byVariable.set(key.variable, [key]);
    else same.push(key);
  }
  const classes: KeyClasses[] = [];
  const ofVariable = new Map<VariableIndex, number>();
  const classOfKey = keys.map((key): number => {
    if (isRowwise(key)) return classes.push(new ComputedClasses(key, context, account)) - 1;
    const known = ofVariable.get(key.variable);
    if (known !== undefined) return known;
    const own = byVariable.get(key.variable) ?? [];
    const at = classes.push(new EntityClasses(key.variable, own, context, account)) - 1;
    ofVariable.set(key.variable, at);
    return at;
  });
  return { classes, classOfKey };
}
