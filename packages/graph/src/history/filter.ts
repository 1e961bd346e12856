import { OmnigraphError, clipped, type Reason } from "@omnigraph/base";
import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import type { ChangeOperation, EntityKind } from "@omnigraph/wire";
import { digestOf } from "../calls/digest.ts";
import type { ChangeFilter } from "../api/history.ts";

const KINDS: readonly EntityKind[] = ["node", "edge"];
const OPERATIONS: readonly ChangeOperation[] = ["insert", "update", "delete"];

/** A filter bound to a catalog. It uses the ids of types, so that it stays valid when types are renamed. */
export class BoundFilter {
  /** Equal for filters that select the same changes. */
  readonly digest: string;
  readonly #kinds: ReadonlySet<EntityKind>;
  readonly #types: ReadonlySet<TypeId> | null;
  readonly #ops: ReadonlySet<ChangeOperation>;

  /** Throws `usage` for a type that is not in the catalog. */
  constructor({ kinds, types, ops }: ChangeFilter, catalog: Catalog) {
    this.#kinds = new Set(some(kinds) ?? KINDS);
    this.#ops = new Set(some(ops) ?? OPERATIONS);
    const named = some(types);
    this.#types = named === null ? null : new Set(named.map((name) => typeOf(name, catalog).id));
    this.digest = digestOf(
      KINDS.filter((kind) => this.#kinds.has(kind)).join(","),
      this.#types === null ? "*" : [...this.#types].toSorted().join(","),
      OPERATIONS.filter((op) => this.#ops.has(op)).join(","),
    );
  }

  hasType(type: EntityType): boolean {
    return this.#kinds.has(type.kind) && (this.#types === null || this.#types.has(type.id));
  }

  /** The types of a catalog that it lets through. */
  types({ nodes, edges }: Catalog): readonly EntityType[] {
    return [...nodes.values(), ...edges.values()].filter((type) => this.hasType(type));
  }

  hasOperation(op: ChangeOperation): boolean {
    return this.#ops.has(op);
  }
}

/** The type with a name; the case of letters matters for nodes, not for edges. Throws `usage`, or another reason, if there is none. */
export function typeOf(
  name: string,
  catalog: Catalog,
  kind?: EntityKind,
  reason: Reason = "usage",
): EntityType {
  const node = kind === "edge" ? undefined : catalog.nodes.get(name);
  const edge = kind === "node" ? undefined : catalog.edgeByLowerName.get(name.toLowerCase());
  const type = node ?? edge;
  if (type !== undefined) return type;
  const known = [
    ...(kind === "edge" ? [] : catalog.nodes.keys()),
    ...(kind === "node" ? [] : catalog.edges.keys()),
  ];
  throw new OmnigraphError(
    reason,
    `the schema has no ${kind ?? "entity"} type ${clipped(name)}; it has ${known.join(", ")}`,
    { details: { type_name: name } },
  );
}

function some<T>(given: readonly T[] | undefined): readonly T[] | null {
  return given === undefined || given.length === 0 ? null : given;
}
