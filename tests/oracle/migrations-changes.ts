import { present } from "@omnigraph/base";
import {
  isSound,
  isWithin,
  knownIds,
  type Cell,
  type NaiveProperty,
  type NaiveState,
  type NaiveType,
  propertyIn,
  rowsOf,
  sourceOf,
  typeIn,
} from "./migrations-state.ts";
import { isNumber, isWidening, valueOf } from "./migrations-types.ts";
import type { Declared, SchemaChange } from "./random-migrations.ts";

/** A schema that a branch is asked to have. */
export interface Migration {
  readonly source: string;
  /** The state with it; null where it must be refused. */
  readonly after: NaiveState | null;
}

/** What a history begins with. */
export const FIRST_TYPES: readonly NaiveType[] = [
  nodeType("first A", "A", [property("first A.p", "p", "I32"), property("first A.q", "q", "String")]),
  nodeType("first B", "B", [property("first B.p", "p", "enum(a, b)")]),
  { id: "first E", name: "E", ends: ["first A", "first B"], properties: [property("first E.p", "p", "I32")] },
];

const TYPE_NAMES = { node: ["A", "B", "C", "D"], edge: ["E", "F", "G", "H"] } as const;
const PROPERTY_NAMES = ["p", "q", "r", "s"] as const;

function nodeType(id: string, name: string, properties: readonly NaiveProperty[]): NaiveType {
  const key = { ...property(`${id} name`, "name", "String"), optional: false, isKey: true };
  return { id, name, ends: null, properties: [key, ...properties] };
}

function property(id: string, name: string, type: string): NaiveProperty {
  return {
    id,
    name,
    type,
    optional: true,
    default: null,
    unique: false,
    range: null,
    isKey: false,
    fill: null,
  };
}

/** A schema that is being changed, and the names that changes were about: a second change of one is left out. */
class Draft {
  readonly #before: NaiveState;
  readonly #known: Set<string>;
  readonly #touched = new Set<string>();
  readonly renamed = new Map<string, string>();
  types: readonly NaiveType[];
  isRefused = false;

  constructor(before: NaiveState) {
    this.#before = before;
    this.#known = new Set(knownIds(before));
    this.types = before.types;
  }

  /** Whether no earlier change was about one of the names. */
  #takes(...names: readonly string[]): boolean {
    if (names.some((name) => this.#touched.has(name))) return false;
    for (const name of names) this.#touched.add(name);
    return true;
  }

  #fresh(base: string): string {
    for (let n = 0; ; n++) {
      const id = `${base}#${n}`;
      if (this.#known.has(id)) continue;
      this.#known.add(id);
      return id;
    }
  }

  #replace(type: NaiveType, next: Partial<NaiveType>): void {
    this.types = this.types.map((one) => (one.id === type.id ? { ...one, ...next } : one));
  }

  change(asked: SchemaChange): void {
    if (asked.change === "add type") return this.#addType(asked);
    const type = this.types[asked.type % this.types.length];
    if (type === undefined || typeIn(this.#before, type.id) === undefined) return;
    if (asked.change === "drop type") return this.#dropType(type);
    if (asked.change === "rename type") return this.#renameType(type, asked);
    if (asked.change === "add property") return this.#addProperty(type, asked);
    const about = type.properties[asked.property % type.properties.length];
    if (about === undefined || propertyIn(typeIn(this.#before, type.id), about.id) === undefined) return;
    return this.#changeProperty(type, about, asked);
  }

  #addType({ type, property: at, name, declared }: SchemaChange): void {
    const nodes = this.types.filter(({ ends }) => ends === null);
    const kind = type % 2 === 0 || nodes.length === 0 ? "node" : "edge";
    const called = present(TYPE_NAMES[kind][name], "a name");
    if (this.types.some((one) => one.name === called) || !this.#takes(called)) return;
    const id = this.#fresh(`${kind} ${called}`);
    const ends =
      kind === "node"
        ? []
        : [at, name].map((chosen) => present(nodes[chosen % nodes.length], "a node type").id);
    const key = { ...property(this.#fresh(`${id} name`), "name", "String"), optional: false, isKey: true };
    const own = declaredProperty(this.#fresh(`${id} p`), "p", declared, kind);
    // A type that an edge type joins is not dropped by the same migration.
    for (const end of ends) this.#mark(present(typeIn(this, end), "an end"));
    this.types = [
      ...this.types,
      kind === "node"
        ? { id, name: called, ends: null, properties: [key, own] }
        : { id, name: called, ends: [ends[0] ?? "", ends[1] ?? ""], properties: [own] },
    ];
  }

  /** A type of which something was changed is neither dropped nor renamed by the same migration. */
  #mark({ name }: NaiveType): void {
    this.#touched.add(name);
  }

  #dropType(type: NaiveType): void {
    const gone = this.types.filter(({ id, ends }) => id === type.id || ends?.includes(type.id) === true);
    const left = this.types.filter((one) => !gone.includes(one));
    const isLast = !left.some(({ ends }) => ends === null);
    if (isLast || !this.#takes(...gone.map(({ name }) => name))) return;
    this.types = left;
  }

  #renameType(type: NaiveType, { name }: SchemaChange): void {
    const called = present(TYPE_NAMES[type.ends === null ? "node" : "edge"][name], "a name");
    if (this.types.some((one) => one.name === called) || !this.#takes(type.name, called)) return;
    this.renamed.set(type.id, type.name);
    this.#replace(type, { name: called });
  }

  #addProperty(type: NaiveType, { name, declared }: SchemaChange): void {
    const called = present(PROPERTY_NAMES[name], "a name");
    if (type.properties.some((one) => one.name === called) || !this.#takes(`${type.id}.${called}`)) return;
    this.#mark(type);
    const added = declaredProperty(this.#fresh(`${type.id} ${called}`), called, declared, kindOf(type));
    this.#replace(type, { properties: [...type.properties, added] });
  }

  #changeProperty(type: NaiveType, about: NaiveProperty, asked: SchemaChange): void {
    const { change, name, declared } = asked;
    if (change === "rename property") return this.#renameProperty(type, about, name);
    if (about.isKey || !this.#takes(`${type.id}.${about.name}`)) return;
    this.#mark(type);
    if (change === "drop property")
      return this.#replace(type, { properties: type.properties.filter(({ id }) => id !== about.id) });
    const next = changedProperty(about, change, declared, kindOf(type));
    if (next === null || !isWithin(next.default, next.range)) return;
    if (!isWidening(about.type, next.type)) this.isRefused = true;
    this.#replace(type, { properties: type.properties.map((one) => (one.id === about.id ? next : one)) });
  }

  #renameProperty(type: NaiveType, about: NaiveProperty, name: number): void {
    const called = present(PROPERTY_NAMES[name], "a name");
    const other = type.properties.find((one) => one.name === called);
    if (other?.id === about.id) return;
    if (!this.#takes(`${type.id}.${about.name}`, `${type.id}.${called}`)) return;
    this.#mark(type);
    this.renamed.set(about.id, about.name);
    // Renamed into what exists, which the text then lacks.
    if (other !== undefined) this.isRefused = true;
    const properties = type.properties
      .filter((one) => one !== other)
      .map((one) => (one.id === about.id ? { ...one, name: called } : one));
    this.#replace(type, { properties });
  }
}

function kindOf({ ends }: NaiveType): "node" | "edge" {
  return ends === null ? "node" : "edge";
}

function declaredProperty(
  id: string,
  name: string,
  declared: Declared,
  kind: "node" | "edge",
): NaiveProperty {
  const { type, optional, unique } = declared;
  const range = isNumber(type) && kind === "node" ? declared.range : null;
  const value = declared.default === null ? null : valueOf(type, declared.default);
  const given = isWithin(value, range) ? value : null;
  return { ...property(id, name, type), optional, unique, range, default: given, fill: given };
}

/** Null where the change says nothing about such a property. */
function changedProperty(
  about: NaiveProperty,
  change: SchemaChange["change"],
  declared: Declared,
  kind: "node" | "edge",
): NaiveProperty | null {
  if (change === "optional") return { ...about, optional: !about.optional };
  if (change === "unique") return { ...about, unique: !about.unique };
  if (change === "default") {
    const value = declared.default === null ? null : valueOf(about.type, declared.default);
    return { ...about, default: value };
  }
  if (change === "range")
    return isNumber(about.type) && kind === "node" ? { ...about, range: declared.range } : null;
  const isBound = about.default !== null || about.range !== null;
  if (isBound && !isWidening(about.type, declared.type)) return null;
  return { ...about, type: declared.type };
}

/** The migration that changes come to; null where they change nothing. */
export function migrationOf(before: NaiveState, changes: readonly SchemaChange[]): Migration | null {
  const draft = new Draft(before);
  for (const change of changes) draft.change(change);
  const { types, renamed, isRefused } = draft;
  if (types === before.types) return null;
  const source = sourceOf(types, renamed);
  const used = knownIds({ types, retired: new Set(), rows: new Map() });
  const after = {
    types,
    retired: new Set([...knownIds(before)].filter((id) => !used.has(id))),
    rows: new Map(types.map((type) => [type.id, restated(before, type)])),
  };
  return { source, after: isRefused || !isSound(after) ? null : after };
}

/** The rows of a type as they are with the new schema. */
function restated(before: NaiveState, type: NaiveType): NonNullable<ReturnType<NaiveState["rows"]["get"]>> {
  const old = typeIn(before, type.id);
  const cell = (values: ReadonlyMap<string, Cell>, { id, fill }: NaiveProperty): Cell =>
    propertyIn(old, id) === undefined ? fill : (values.get(id) ?? null);
  return new Map(
    Array.from(rowsOf(before, type.id), ([id, { ends, values }]) => [
      id,
      { ends, values: new Map(type.properties.map((one) => [one.id, cell(values, one)])) },
    ]),
  );
}
