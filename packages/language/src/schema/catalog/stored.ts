import { createHash } from "node:crypto";
import {
  isError,
  isUlid,
  type JsonValue,
  OmnigraphError,
  parseJson,
  type Value,
  writeJson,
} from "@omnigraph/base";
import { fitsType } from "../../types/values.ts";
import { assembleCatalog, type CatalogParts, indexProperties } from "./assemble.ts";
import type {
  Annotation,
  Catalog,
  EdgeType,
  EntityType,
  InterfaceType,
  NodeType,
  Property,
  PropertyId,
  TupleMember,
  TypeId,
} from "./catalog.ts";
import { SCALARS, type ValueType } from "../../types/value-types.ts";
import { Shape } from "./stored-shape.ts";

/** The version of the stored form that this software writes, and the newest that it reads. */
const FORMAT = 1;

const SCALAR_BY_NAME = new Map(SCALARS.map((scalar) => [scalar as string, scalar]));

/** The stored form of a catalog: UTF-8 JSON of its source and its compiled form, byte for byte the same for the same catalog. */
export function encodeSchema(catalog: Catalog): Uint8Array {
  return encodeParts({
    source: catalog.source,
    nodes: [...catalog.nodes.values()],
    edges: [...catalog.edges.values()],
    interfaces: [...catalog.interfaces.values()],
  });
}

/** The stored form of a catalog's parts. */
export function encodeParts({ source, nodes, edges, interfaces }: CatalogParts): Uint8Array {
  const stored = {
    format: FORMAT,
    source,
    nodes: nodes.map((type) => ({
      ...storedEntity(type),
      key: type.key?.map(({ id }) => id) ?? null,
      ranges: type.ranges.map(({ property, min, max }) => ({ property, min, max })),
      checks: type.checks.map(({ property, pattern }) => ({ property, pattern })),
      implements: type.implements,
    })),
    edges: edges.map((type) => ({
      ...storedEntity(type),
      from: type.from.id,
      to: type.to.id,
      cardinality: { min: type.cardinality.min, max: type.cardinality.max },
    })),
    interfaces: interfaces.map(({ name, properties, implementors }) => ({
      name,
      properties: properties.map((property) => ({ name: property.name, type: storedType(property.type) })),
      implementors: implementors.map(({ id }) => id),
    })),
  };
  return new TextEncoder().encode(writeJson(stored));
}

/** The hash that names a stored schema: lower-case hex SHA-256. */
export function hashSchema(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * The catalog of a stored schema; encoding it again gives the same bytes. `place` names its object in messages.
 * Errors: `format_newer`, `object_corrupt` (with the place in `details.path` where it is known).
 */
export function decodeSchema(bytes: Uint8Array, place: string | null = null): Catalog {
  const root = new Shape(parseStored(bytes), "schema");
  const format = root.member("format").count();
  if (format > FORMAT) {
    throw new OmnigraphError(
      "format_newer",
      `the schema${place === null ? "" : ` ${place}`} has format ${format}, and this version knows formats up to ${FORMAT}; upgrade omnigraph`,
      { details: { format, supported: FORMAT, ...(place === null ? {} : { place }) } },
    );
  }
  if (format < 1) root.member("format").fail("is no version");
  const nodes = root.member("nodes").items().map(readNode);
  const nodeById = new Map<string, NodeType>(nodes.map((type) => [type.id, type]));
  const edges = root
    .member("edges")
    .items()
    .map((shape) => readEdge(shape, nodeById));
  const interfaces = root
    .member("interfaces")
    .items()
    .map((shape) => readInterface(shape, nodeById));
  const catalog = assembleCatalog(
    { source: root.member("source").text(), nodes, edges, interfaces },
    hashSchema(bytes),
  );
  // The next writer would lose any part that was not read, or is encoded in another form.
  if (Buffer.compare(encodeSchema(catalog), bytes) !== 0) root.fail("is not in the form that is written");
  return catalog;
}

function parseStored(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError) && !isError(error, "json_invalid")) throw error;
    throw new OmnigraphError("object_corrupt", `the stored schema is damaged: ${error.message}`, {
      cause: error,
    });
  }
}

function storedEntity(type: EntityType): object {
  return {
    id: type.id,
    aliases: type.aliases,
    name: type.name,
    properties: type.properties.map((property) => ({
      id: property.id,
      aliases: property.aliases,
      name: property.name,
      type: storedType(property.type),
      default: property.default,
      indexed: property.indexed,
      embed: property.embed === null ? null : { source: property.embed.source, model: property.embed.model },
      annotations: property.annotations.map(storedAnnotation),
    })),
    uniques: type.uniques.map(({ members }) => members),
    annotations: type.annotations.map(storedAnnotation),
  };
}

function storedType({ scalar, list, nullable, dimension, enumValues }: ValueType): object {
  return { scalar, list, nullable, dimension, enum: enumValues };
}

function storedAnnotation({ name, value, named }: Annotation): object {
  return { name, value, named };
}

type EntityBase = Omit<EntityType, "kind">;

function readEntity(shape: Shape): EntityBase {
  const aliases = readAliases(shape, (alias) => readId<TypeId>(alias));
  const lookups = indexProperties(shape.member("properties").items().map(readProperty));
  const readMember = (member: Shape): TupleMember => {
    const text = member.text();
    return text === "src" || text === "dst" ? text : member.lookUp(lookups.propertyById).id;
  };
  return {
    id: readId<TypeId>(shape.member("id")),
    ...aliases,
    name: shape.member("name").text(),
    ...lookups,
    uniques: shape
      .member("uniques")
      .items()
      .map((unique) => ({ members: unique.items().map(readMember) })),
    annotations: shape.member("annotations").items().map(readAnnotation),
  };
}

function readNode(shape: Shape): NodeType {
  const base = readEntity(shape);
  const readPropertyId = (member: Shape): PropertyId => member.lookUp(base.propertyById).id;
  return {
    ...base,
    kind: "node",
    key: shape.member("key").optional((key) => key.items().map((member) => member.lookUp(base.propertyById))),
    ranges: shape
      .member("ranges")
      .items()
      .map((range) => ({
        property: readPropertyId(range.member("property")),
        min: range.member("min").optional((bound) => bound.number()),
        max: range.member("max").optional((bound) => bound.number()),
      })),
    checks: shape
      .member("checks")
      .items()
      .map((check) => ({
        property: readPropertyId(check.member("property")),
        pattern: check.member("pattern").text(),
      })),
    implements: shape
      .member("implements")
      .items()
      .map((name) => name.text()),
  };
}

function readEdge(shape: Shape, nodeById: ReadonlyMap<string, NodeType>): EdgeType {
  const cardinality = shape.member("cardinality");
  return {
    ...readEntity(shape),
    kind: "edge",
    from: shape.member("from").lookUp(nodeById),
    to: shape.member("to").lookUp(nodeById),
    cardinality: {
      min: cardinality.member("min").count(),
      max: cardinality.member("max").optional((max) => max.count()),
    },
  };
}

function readInterface(shape: Shape, nodeById: ReadonlyMap<string, NodeType>): InterfaceType {
  return {
    name: shape.member("name").text(),
    properties: shape
      .member("properties")
      .items()
      .map((property) => ({
        name: property.member("name").text(),
        type: readType(property.member("type")),
      })),
    implementors: shape
      .member("implementors")
      .items()
      .map((id) => id.lookUp(nodeById)),
  };
}

function readProperty(shape: Shape): Property {
  const type = readType(shape.member("type"));
  return {
    id: readId<PropertyId>(shape.member("id")),
    ...readAliases(shape, (alias) => readId<PropertyId>(alias)),
    name: shape.member("name").text(),
    type,
    default: readDefault(shape.member("default"), type),
    indexed: shape.member("indexed").truth(),
    embed: shape.member("embed").optional((embed) => ({
      source: readId<PropertyId>(embed.member("source")),
      model: embed.member("model").optional((model) => model.text()),
    })),
    annotations: shape.member("annotations").items().map(readAnnotation),
  };
}

function readType(shape: Shape): ValueType {
  return {
    scalar: shape.member("scalar").lookUp(SCALAR_BY_NAME),
    list: shape.member("list").truth(),
    nullable: shape.member("nullable").truth(),
    dimension: shape.member("dimension").optional((dimension) => dimension.count()),
    enumValues: shape.member("enum").optional((values) => values.items().map((value) => value.text())),
  };
}

function readDefault(shape: Shape, type: ValueType): Value | undefined {
  if (shape.value === undefined) return undefined;
  const vector =
    type.dimension === null ? null : Float32Array.from(shape.items(), (item) => Number(item.number()));
  const value = vector ?? readValue(shape);
  const problem = fitsType(value, type);
  return problem === null ? value : shape.fail(`does not fit its type: ${problem}`);
}

function readAnnotation(shape: Shape): Annotation {
  const value = shape.member("value");
  const named = shape
    .member("named")
    .members()
    .map(([name, argument]) => [name, readValue(argument)] as const);
  return {
    name: shape.member("name").text(),
    value: value.value === undefined ? undefined : readValue(value),
    named: Object.fromEntries(named),
  };
}

function readValue(shape: Shape): Value {
  const { value } = shape;
  if (value === undefined) return shape.fail("is missing");
  if (value === null || typeof value !== "object") return value;
  return shape.items().map(readValue);
}

function readAliases<Id>(shape: Shape, read: (alias: Shape) => Id): { readonly aliases?: readonly Id[] } {
  const aliases = shape.member("aliases");
  return aliases.value === undefined ? {} : { aliases: aliases.items().map(read) };
}

/** An id of either kind: a ULID. */
function readId<Id extends string>(shape: Shape): Id {
  const text = shape.text();
  // Cast: the brand stands for this check.
  return isUlid(text) ? (text as Id) : shape.fail("is no ULID");
}
