import { unreachable } from "@omnigraph/base";
import {
  type Catalog,
  type EntityType,
  MAX_DATE,
  MAX_DATE_TIME,
  MIN_DATE,
  MIN_DATE_TIME,
  type Property,
  type ScalarName,
} from "@omnigraph/language";
import type { ExternalBlobs } from "../blob.ts";
import { FIRST_PROPERTY_SLOT } from "./slots.ts";

/** How the bytes of a value are read. Blobs are left to the careful reader. */
type ReadKind =
  | "text"
  | "enum"
  | "bool"
  | "integer"
  | "long"
  | "float"
  | "date"
  | "datetime"
  | "list"
  | "vector"
  | "blob";

/** A property as the line scanner sees it. */
export interface SlotPlan {
  readonly property: Property;
  readonly slot: number;
  /** Bytes of `"name"` with its quotes, as in a line. */
  readonly keyBytes: Uint8Array;
  readonly read: ReadKind;
  /** Inclusive bounds of numbers: those of the type or of @range, whichever are tighter. */
  readonly min: number;
  readonly max: number;
  /** Whether the careful reader must check the value: for a 64-bit @range that doubles cannot represent, or a pattern. */
  readonly careful: boolean;
  /** Whether it is part of a key or of a unique tuple: then values are not rounded or cut, but refused. */
  readonly identifies: boolean;
  readonly enumBytes: readonly Uint8Array[];
  /** The components of a vector while a line is read. */
  readonly vector: Float32Array;
  /** Not nullable and without a default: a line without it is refused. */
  readonly required: boolean;
  /** Addresses below which values of a Blob may lie. */
  readonly externalBlobs: ExternalBlobs;
}

/** What a line of one type may contain. */
export interface TypePlan {
  /** Position in `LinePlans.all`. */
  readonly index: number;
  readonly type: EntityType;
  readonly nameBytes: Uint8Array;
  readonly slots: readonly SlotPlan[];
  readonly bySlotName: ReadonlyMap<string, SlotPlan>;
  /** Slots that a line of this type uses. */
  readonly size: number;
}

/** The plans of every type of a catalog. */
export interface LinePlans {
  readonly all: readonly TypePlan[];
  readonly nodes: ReadonlyMap<string, TypePlan>;
  /** Keys are lower-case names. */
  readonly edges: ReadonlyMap<string, TypePlan>;
  /** The most slots of any type. */
  readonly size: number;
}

const encoder = new TextEncoder();

/** Makes the plans of a catalog. `externalBlobs`: addresses below which values of Blobs may lie. */
export function linePlans(catalog: Catalog, externalBlobs: ExternalBlobs = []): LinePlans {
  const all: TypePlan[] = [];
  const nodes = new Map<string, TypePlan>();
  const edges = new Map<string, TypePlan>();
  const add = (type: EntityType): TypePlan => {
    const plan = typePlan(type, all.length, externalBlobs);
    all.push(plan);
    return plan;
  };
  for (const type of catalog.nodes.values()) nodes.set(type.name, add(type));
  for (const type of catalog.edges.values()) edges.set(type.name.toLowerCase(), add(type));
  return { all, nodes, edges, size: Math.max(FIRST_PROPERTY_SLOT, ...all.map((plan) => plan.size)) };
}

function typePlan(type: EntityType, index: number, externalBlobs: ExternalBlobs): TypePlan {
  const slots = type.properties.map((property, position) => ({
    ...slotPlan(type, property, FIRST_PROPERTY_SLOT + position),
    externalBlobs,
  }));
  return {
    index,
    type,
    nameBytes: encoder.encode(`"${type.name}"`),
    slots,
    bySlotName: new Map(slots.map((slot) => [slot.property.name, slot])),
    size: FIRST_PROPERTY_SLOT + slots.length,
  };
}

function slotPlan(type: EntityType, property: Property, slot: number): Omit<SlotPlan, "externalBlobs"> {
  const [low, high] = scalarBounds(property.type.scalar);
  let min = low;
  let max = high;
  let careful = false;
  if (type.kind === "node") {
    for (const range of type.ranges) {
      if (range.property !== property.id) continue;
      if (typeof range.min === "bigint" || typeof range.max === "bigint") careful = true;
      if (range.min !== null) min = Math.max(min, Number(range.min));
      if (range.max !== null) max = Math.min(max, Number(range.max));
    }
    careful ||= type.checks.some((check) => check.property === property.id);
  }
  return {
    property,
    slot,
    keyBytes: encoder.encode(JSON.stringify(property.name)),
    read: readKind(property),
    min,
    max,
    careful,
    identifies: identifies(type, property),
    vector: new Float32Array(property.type.dimension ?? 0),
    enumBytes: (property.type.enumValues ?? []).map((value) => encoder.encode(value)),
    required: !property.type.nullable && property.default === undefined,
  };
}

function identifies(type: EntityType, property: Property): boolean {
  return (
    type.key?.includes(property) === true || type.uniques.some(({ members }) => members.includes(property.id))
  );
}

function readKind(property: Property): ReadKind {
  const type = property.type;
  if (type.dimension !== null) return "vector";
  if (type.list) return type.scalar === "Blob" ? "blob" : "list";
  switch (type.scalar) {
    case "String":
      return type.enumValues === null ? "text" : "enum";
    case "Blob":
      return "blob";
    case "Bool":
      return "bool";
    case "I32":
    case "U32":
      return "integer";
    case "I64":
    case "U64":
      return "long";
    case "F32":
    case "F64":
      return "float";
    case "Date":
      return "date";
    case "DateTime":
      return "datetime";
    default:
      return unreachable(type.scalar);
  }
}

/** Bounds within which the fast path reads a number; 64-bit integers outside them are left to the careful reader. */
function scalarBounds(scalar: ScalarName): readonly [number, number] {
  switch (scalar) {
    case "I32":
      return [-2147483648, 2147483647];
    case "U32":
      return [0, 4294967295];
    case "U64":
      return [0, Number.MAX_SAFE_INTEGER];
    case "I64":
      return [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    case "Date":
      return [MIN_DATE, MAX_DATE];
    case "DateTime":
      return [MIN_DATE_TIME, MAX_DATE_TIME];
    case "F32":
      return [-3.4028234663852886e38, 3.4028234663852886e38];
    case "F64":
    case "String":
    case "Blob":
    case "Bool":
      return [-Infinity, Infinity];
    default:
      return unreachable(scalar);
  }
}
