import type { Diagnostic } from "../../text/source.ts";
import { given, isError } from "@omnigraph/base";
import type { Catalog, EntityType, Property, PropertyId, TypeId } from "../catalog/catalog.ts";
import { compileSchema, type Former, type Mint } from "../compile.ts";
import { derivedIds } from "../migrate/derived-ids.ts";
import { isWider } from "../migrate/widening.ts";
import { type DeclaredParts, type Parts, partsOf } from "./declared-parts.ts";
import { printParts } from "./print-parts.ts";
import { type PartConflict, type SchemaSide, threeWay } from "./three-way.ts";

/** The schemas that a merge joins. */
export interface SchemaVersions {
  readonly base: Catalog;
  readonly ours: Catalog;
  readonly theirs: Catalog;
}

/** What decides a merge of schemas besides them. */
export interface SchemaDeciding {
  /** The side that wins where they contradict each other; null: that is a conflict. */
  readonly prefer: SchemaSide | null;
  /** Whether a side changed entities of a type, or, with a property, values of it. Asked where the other side dropped that. */
  readonly hasEdited: (side: SchemaSide, type: TypeId, property: PropertyId | null) => boolean;
}

/** What two sides declare in ways that contradict each other. */
export interface SchemaConflict {
  readonly typeKind: "node" | "edge";
  /** The type, by its name on the side that has it. */
  readonly typeName: string;
  /** The property, by name; null where it is about the type. */
  readonly property: string | null;
  /** What is in conflict, as a sentence. */
  readonly message: string;
  /** What each has there, as it is written, where it is about that and the side has something. */
  readonly base?: string;
  readonly ours?: string;
  readonly theirs?: string;
}

/** A merge of schemas. */
export interface MergedSchema {
  /** That of ours while there are conflicts. */
  readonly catalog: Catalog;
  readonly conflicts: readonly SchemaConflict[];
}

/**
 * Merges what two schemas changed since a common one, by the ids of types and properties: each name, type, annotation and constraint by itself. Where only one
 * side changed anything, the result is its schema with all that stands in its source; else it is printed anew.
 */
export function mergeSchemas(versions: SchemaVersions, deciding: SchemaDeciding): MergedSchema {
  const { base, ours, theirs } = versions;
  if (ours.hash === theirs.hash) return { catalog: ours, conflicts: [] };
  const parts = { base: partsOf(base), ours: partsOf(ours), theirs: partsOf(theirs) };
  const conflicts: SchemaConflict[] = [];
  const types = new Map<TypeId, Parts>();
  for (const id of new Set([...parts.ours.types.keys(), ...parts.theirs.types.keys()])) {
    const of = {
      base: parts.base.types.get(id),
      ours: parts.ours.types.get(id),
      theirs: parts.theirs.types.get(id),
    };
    const merged = threeWay(of, {
      prefer: deciding.prefer,
      // Cast: parts are named by the ids of properties.
      hasEdited: (side, property) => deciding.hasEdited(side, id, property as PropertyId | null),
    });
    const type = ours.typeById.get(id) ?? theirs.typeById.get(id);
    if (type !== undefined) for (const part of merged.conflicts) conflicts.push(ofType(versions, type, part));
    if (merged.parts !== null) types.set(id, merged.parts);
  }
  const whole = { types, interfaces: mergedInterfaces(parts, deciding.prefer) };
  conflicts.push(...lostEnds(versions, types));
  if (conflicts.length > 0) return { catalog: ours, conflicts };
  const kept = keptSource(versions, { ours: isSame(whole, parts.ours), theirs: isSame(whole, parts.theirs) });
  return compiled(versions, whole, kept ?? printParts(whole));
}

/** The source that stays, as only one side changed it, or both have it; null where there is none. */
function keptSource(
  { base, ours, theirs }: SchemaVersions,
  isWhole: Readonly<Record<SchemaSide, boolean>>,
): string | null {
  if (isWhole.ours && (base.hash === theirs.hash || ours.source === theirs.source)) return ours.source;
  return isWhole.theirs && base.hash === ours.hash ? theirs.source : null;
}

/** Interfaces are merged as wholes; where both sides changed one, ours has its way unless theirs is preferred: implementors are merged by their own parts. */
function mergedInterfaces(
  { base, ours, theirs }: Readonly<Record<keyof SchemaVersions, DeclaredParts>>,
  prefer: SchemaSide | null,
): ReadonlyMap<string, string> {
  const merged = new Map<string, string>();
  for (const name of new Set([...ours.interfaces.keys(), ...theirs.interfaces.keys()])) {
    const [b, o, t] = [base, ours, theirs].map(({ interfaces }) => interfaces.get(name));
    const text = o === b ? t : t === b || prefer !== "theirs" ? o : t;
    if (text !== undefined) merged.set(name, text);
  }
  return merged;
}

function isSame(a: DeclaredParts, b: DeclaredParts): boolean {
  const sameTexts = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
    one.size === other.size && [...one].every(([key, text]) => other.get(key) === text);
  return (
    sameTexts(a.interfaces, b.interfaces) &&
    a.types.size === b.types.size &&
    [...a.types].every(([id, parts]) => sameTexts(parts, b.types.get(id) ?? new Map()))
  );
}

/** Also where a side has it all: what a revert takes away was never there on the other side, and yet its id is spent. */
function compiled(versions: SchemaVersions, parts: DeclaredParts, text: string): MergedSchema {
  const { ours, theirs } = versions;
  const source = { file: "schema.pg", text };
  try {
    return { catalog: compileSchema(source, mintOf(versions, parts), formerOf(versions)), conflicts: [] };
  } catch (thrown) {
    if (!isError(thrown, "schema_invalid")) throw thrown;
    // Cast: `compileSchema` throws with them.
    const diagnostics = thrown.details["diagnostics"] as readonly Diagnostic[];
    const [type] = [...ours.typeById.values(), ...theirs.typeById.values()];
    const conflicts = diagnostics.map(({ message }): SchemaConflict => ({
      typeKind: type?.kind ?? "node",
      typeName: type?.name ?? "",
      property: null,
      message: `what both sides declare does not go together: ${message}`,
    }));
    return { catalog: ours, conflicts };
  }
}

/** Ids by the names that things have in the merged schema. */
function mintOf({ ours, theirs }: SchemaVersions, { types }: DeclaredParts): Mint {
  const fresh = derivedIds([ours, theirs]);
  const idOf = new Map<string, TypeId>();
  for (const [id, parts] of types) {
    const kind = parts.has("ends") ? "edge" : "node";
    idOf.set(`${kind} ${parts.get("name")}`, id);
  }
  return {
    typeId: (kind, name) => idOf.get(`${kind} ${name}`) ?? fresh.typeId(kind, name),
    propertyId: (type, name) => {
      for (const [key, text] of types.get(type) ?? [])
        // Cast: parts are named by the ids of properties.
        if (key.endsWith(" name") && text === name && key !== "name") return key.split(" ")[1] as PropertyId;
      // One that comes from an interface.
      const [own, other] = [ours, theirs].map(
        (catalog) => catalog.typeById.get(type)?.propertyByName.get(name)?.id,
      );
      return own ?? other ?? fresh.propertyId(type, name);
    },
  };
}

/** What rows of either side hold. */
function formerOf({ base, ours, theirs }: SchemaVersions): Former {
  return {
    rowsOf: (type, property) => {
      const olds = [ours, theirs].flatMap(
        (catalog) => catalog.typeById.get(type)?.propertyById.get(property.id) ?? [],
      );
      const [first, second] = olds;
      const fill = first === undefined ? property.default : (first.fill ?? second?.fill);
      const isWidened = olds.some(
        (old: Property) => old.widened === true || isWider(old.type, property.type),
      );
      const isFilled = fill !== undefined && fill !== null;
      return { ...(isFilled ? { fill } : {}), ...(isWidened ? { widened: true as const } : {}) };
    },
    retired: (types) => {
      const used = new Set<string>(
        types.flatMap(({ id, properties }) => [id, ...properties.map((one) => one.id)]),
      );
      const known = [base, ours, theirs].flatMap((catalog) => [...catalog.retired, ...idsIn(catalog, used)]);
      return [...new Set(known)].filter((id) => !used.has(id)).toSorted();
    },
  };
}

/** Ids of types, and of the properties of those that are used. */
function idsIn(catalog: Catalog, used: ReadonlySet<string>): readonly string[] {
  return [...catalog.typeById.values()].flatMap(({ id, properties }) =>
    used.has(id) ? [id, ...properties.map((property) => property.id)] : [id],
  );
}

/** Edge types whose ends one side dropped. */
function lostEnds(versions: SchemaVersions, types: ReadonlyMap<TypeId, Parts>): readonly SchemaConflict[] {
  const { ours, theirs } = versions;
  const conflicts: SchemaConflict[] = [];
  for (const [id, parts] of types) {
    for (const end of new Set(parts.get("ends")?.split(" "))) {
      // Cast: as they are written there.
      if (types.has(end as TypeId)) continue;
      const type = ours.typeById.get(id) ?? theirs.typeById.get(id);
      const node = (ours.typeById.get(end as TypeId) ?? theirs.typeById.get(end as TypeId))?.name ?? end;
      conflicts.push({
        typeKind: "edge",
        typeName: type?.name ?? "",
        property: null,
        message: `edge ${type?.name ?? ""} joins ${node}, which one side dropped`,
        ...given({
          ours: ours.typeById.has(end as TypeId) ? node : undefined,
          theirs: theirs.typeById.has(end as TypeId) ? node : undefined,
        }),
      });
    }
  }
  return conflicts;
}

function ofType(
  { base, ours, theirs }: SchemaVersions,
  type: EntityType,
  conflict: PartConflict,
): SchemaConflict {
  const { part, droppedBy } = conflict;
  const [kind, id, what] = part.split(" ");
  const named = kind === "property" && id !== undefined ? id : null;
  const property = named === null ? null : propertyIn([ours, theirs, base], type.id, named);
  const place = `${type.kind} ${type.name}${property === null ? "" : `: ${property}`}`;
  const dropped = `${place} was dropped on one side (${droppedBy}) and changed, in its declaration or its entities, on the other; the strategy ${droppedBy} takes the drop, and to keep it, revert the drop where it was made`;
  const differs = `${place}: both sides changed its ${what ?? kind}, each in another way`;
  return {
    typeKind: type.kind,
    typeName: type.name,
    property,
    message: droppedBy === null ? differs : dropped,
    ...given({ base: conflict.base, ours: conflict.ours, theirs: conflict.theirs }),
  };
}

function propertyIn(catalogs: readonly Catalog[], type: TypeId, id: string): string | null {
  for (const catalog of catalogs) {
    // Cast: it is looked up.
    const property = catalog.typeById.get(type)?.propertyById.get(id as PropertyId);
    if (property !== undefined) return property.name;
  }
  return null;
}
