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

/** The newest version of the stored form, which has keys of edges and what earlier schemas leave to a later one. Without these, the first version is written. */
const FORMAT = 2;

const SCALAR_BY_NAME = new Map(SCALARS.map((scalar) => [scalar as string, scalar]));

/** The stored form of a catalog: UTF-8 JSON of its source and its compiled form, byte for byte the same for the same catalog. */
export function encodeSchema(catalog: Catalog): Uint8Array {
  return encodeParts({
    source: catalog.source,
    nodes: [...catalog.nodes.values()],
    edges: [...catalog.edges.values()],
    interfaces: [...catalog.interfaces.values()],
    retired: catalog.retired,
  });
}

/** The stored form of a catalog's parts. */
export function encodeParts({ source, nodes, edges, interfaces, retired }: CatalogParts): Uint8Array {
  const isLater =
    retired.length > 0 ||
    edges.some(({ key }) => key !== null) ||
    [...nodes, ...edges].some(({ properties }) =>
      properties.some(({ fill, widened }) => fill !== undefined || widened !== undefined),
    );
  const stored = {
    format: isLater ? FORMAT : 1,
    source,
    nodes: nodes.map(storedNode),
    edges: edges.map(storedEdge),
    interfaces: interfaces.map(({ name, properties, implementors }) => ({
      name,
      properties: properties.map((property) => ({ name: property.name, type: storedType(property.type) })),
      implementors: implementors.map(({ id }) => id),
    })),
    ...(retired.length === 0 ? {} : { retired }),
  };
  return new TextEncoder().encode(writeJson(stored));
}

/** Whether two types are declared the same, by the same ids. */
export function sameDeclaration(a: EntityType, b: EntityType): boolean {
  if (a === b) return true;
  const text = (type: EntityType): string =>
    writeJson(type.kind === "node" ? storedNode(type) : storedEdge(type));
  return a.kind === b.kind && text(a) === text(b);
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
    { source: root.member("source").text(), nodes, edges, interfaces, retired: readRetired(root) },
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

function storedNode(type: NodeType): object {
  return {
    ...storedEntity(type),
    key: type.key?.map(({ id }) => id) ?? null,
    ranges: type.ranges.map(({ property, min, max }) => ({ property, min, max })),
    checks: type.checks.map(({ property, pattern }) => ({ property, pattern })),
    implements: type.implements,
  };
}

function storedEdge(type: EdgeType): object {
  return {
    ...storedEntity(type),
    from: type.from.id,
    to: type.to.id,
    cardinality: { min: type.cardinality.min, max: type.cardinality.max },
    // Left out where there is none, as before there were any.
    key: type.key?.map(({ id }) => id),
  };
}

function storedEntity(type: EntityType): object {
  return {
    id: type.id,
    name: type.name,
    properties: type.properties.map((property) => ({
      id: property.id,
      name: property.name,
      type: storedType(property.type),
      default: property.default,
      indexed: property.indexed,
      embed: property.embed === null ? null : { source: property.embed.source, model: property.embed.model },
      annotations: property.annotations.map(storedAnnotation),
      fill: property.fill,
      widened: property.widened,
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

type EntityBase = Omit<EntityType, "kind" | "key">;

function readEntity(shape: Shape): EntityBase {
  const lookups = indexProperties(shape.member("properties").items().map(readProperty));
  const readMember = (member: Shape): TupleMember => {
    const text = member.text();
    return text === "src" || text === "dst" ? text : member.lookUp(lookups.propertyById).id;
  };
  return {
    id: readId<TypeId>(shape.member("id")),
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
  const base = readEntity(shape);
  const cardinality = shape.member("cardinality");
  const key = shape.member("key");
  return {
    ...base,
    kind: "edge",
    key: key.value === undefined ? null : key.items().map((member) => member.lookUp(base.propertyById)),
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
    name: shape.member("name").text(),
    type,
    default: readFitting(shape.member("default"), type),
    indexed: shape.member("indexed").truth(),
    embed: shape.member("embed").optional((embed) => ({
      source: readId<PropertyId>(embed.member("source")),
      model: embed.member("model").optional((model) => model.text()),
    })),
    annotations: shape.member("annotations").items().map(readAnnotation),
    ...readFormer(shape, type),
  };
}

/** What rows of former schemas hold of a property. */
function readFormer(shape: Shape, type: ValueType): Pick<Property, "fill" | "widened"> {
  const fill = readFitting(shape.member("fill"), type);
  const widened = shape.member("widened");
  return {
    ...(fill === undefined ? {} : { fill }),
    ...(widened.value !== undefined && widened.truth() ? { widened: true } : {}),
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

/** A value of a type; undefined where there is none. */
function readFitting(shape: Shape, type: ValueType): Value | undefined {
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

function readRetired(root: Shape): readonly string[] {
  const retired = root.member("retired");
  return retired.value === undefined ? [] : retired.items().map((id) => readId(id));
}

/** An id of either kind: a ULID. */
function readId<Id extends string>(shape: Shape): Id {
  const text = shape.text();
  // Cast: the brand stands for this check.
  return isUlid(text) ? (text as Id) : shape.fail("is no ULID");
}
