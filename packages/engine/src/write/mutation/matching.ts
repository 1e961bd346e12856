import { present, type Value } from "@omnigraph/base";
import {
  canonicalKeyText,
  type EdgeType,
  type EntityType,
  type FilterOperator,
  type Property,
} from "@omnigraph/language";
import { type Column, isNull, sameBytes, valueAt } from "@omnigraph/storage";
import { asKeyValue } from "../../query/predicates/key-value.ts";
import { endIds, endKeys, needOf } from "../../view/needs.ts";
import { rowsOf } from "../../view/rows-of.ts";
import type { Cells, Need, View } from "../../view/view.ts";
import { satisfies } from "../compare.ts";
import type { Comparison, Predicate } from "./condition.ts";

/** The rows that are looked at: one, the edges at one node (or from it to another one), or all. */
type Start =
  | { readonly kind: "none" }
  | { readonly kind: "id"; readonly id: string }
  | {
      readonly kind: "end";
      readonly edge: EdgeType;
      readonly direction: "out" | "in";
      readonly near: string;
      readonly far: string | null;
    }
  | { readonly kind: "all" };

/** How the rows that match are found: where to look, and the comparisons that this does not settle. */
interface Access {
  readonly start: Start;
  readonly rest: readonly Comparison[];
}

function accessOf({ type, comparisons }: Predicate): Access {
  if (comparisons.some(({ operand }) => operand === null)) return { start: { kind: "none" }, rest: [] };
  const byId = comparisons.find(({ field, operator }) => field.kind === "id" && operator === "=");
  if (byId !== undefined)
    return { start: { kind: "id", id: String(byId.operand) }, rest: without(comparisons, [byId]) };
  return type.kind === "edge"
    ? edgeAccess(type, comparisons)
    : (keyAccess(type, comparisons) ?? all(comparisons));
}

function all(comparisons: readonly Comparison[]): Access {
  return { start: { kind: "all" }, rest: comparisons };
}

function without(
  comparisons: readonly Comparison[],
  settled: readonly (Comparison | undefined)[],
): readonly Comparison[] {
  return comparisons.filter((comparison) => !settled.includes(comparison));
}

function edgeAccess(edge: EdgeType, comparisons: readonly Comparison[]): Access {
  const equal = (end: "src" | "dst"): Comparison | undefined =>
    comparisons.find(({ field, operator }) => field.kind === end && operator === "=");
  const src = equal("src");
  const dst = equal("dst");
  const [near, far] = src === undefined ? [dst, undefined] : [src, dst];
  if (near === undefined) return all(comparisons);
  return {
    start: {
      kind: "end",
      edge,
      direction: near === src ? "out" : "in",
      near: String(near.operand),
      far: far === undefined ? null : String(far.operand),
    },
    rest: without(comparisons, [near, far]),
  };
}

/** By the key, where every part of it is compared with a value. */
function keyAccess(
  { key }: Extract<EntityType, { kind: "node" }>,
  comparisons: readonly Comparison[],
): Access | null {
  if (key === null) return null;
  const parts: Comparison[] = [];
  for (const property of key) {
    const part = comparisons.find((comparison) => isEquality(comparison, property));
    if (part === undefined) return null;
    parts.push(part);
  }
  const types = key.map(({ type }) => type);
  const values = parts.map(({ operand }, k) => asKeyValue(operand, types[k]!.scalar));
  if (values.includes(null)) return { start: { kind: "none" }, rest: [] };
  return { start: { kind: "id", id: canonicalKeyText(values, types) }, rest: without(comparisons, parts) };
}

function isEquality({ field, operator }: Comparison, property: Property): boolean {
  return operator === "=" && field.kind === "property" && field.property.id === property.id;
}

/** What must be resident before `matching` runs. */
export function predicateNeeds(predicate: Predicate): readonly Need[] {
  const { start, rest } = accessOf(predicate);
  return [
    ...startNeeds(predicate.type, start),
    ...rest.flatMap(({ field }) => fieldNeeds(predicate.type, field)),
  ];
}

function startNeeds(type: EntityType, start: Start): readonly Need[] {
  switch (start.kind) {
    case "none":
      return [];
    case "id":
      return [needOf(type, { keys: true })];
    case "end":
      return [
        needOf(start.edge, { out: start.direction === "out", in: start.direction === "in" }),
        ...endKeys(start.edge),
      ];
    case "all":
      return [needOf(type, {})];
  }
}

function fieldNeeds(type: EntityType, field: Comparison["field"]): readonly Need[] {
  switch (field.kind) {
    case "property":
      return [needOf(type, { columns: new Set([field.property.id]) })];
    case "id":
      return [needOf(type, { ids: true })];
    case "src":
    case "dst":
      return [needOf(type, { ends: true }), ...endIds(edgeOf(type))];
  }
}

function edgeOf(type: EntityType): EdgeType {
  return present(type.kind === "edge" ? type : null, `edge type ${type.name}`);
}

/** Ordinals of the rows that match, ascending. */
export function matching(view: View, predicate: Predicate): Uint32Array {
  const { start, rest } = accessOf(predicate);
  let ordinals = startOrdinals(view, predicate.type, start);
  for (const comparison of rest) {
    if (ordinals.length === 0) break;
    ordinals = ordinals.filter(testOf(view, predicate.type, comparison, ordinals.length));
  }
  return ordinals;
}

const NONE = new Uint32Array(0);

function startOrdinals(view: View, type: EntityType, start: Start): Uint32Array {
  switch (start.kind) {
    // Nothing was made resident for this case, so no rows of the view may be read.
    case "none":
      return NONE;
    case "id": {
      const ordinal = rowsOf(view, type).find(start.id);
      return ordinal < 0 ? NONE : Uint32Array.of(ordinal);
    }
    case "end":
      return edgesAt(view, start);
    case "all":
      return rowsOf(view, type).liveOrdinals();
  }
}

function edgesAt(view: View, { edge, direction, near, far }: Extract<Start, { kind: "end" }>): Uint32Array {
  const [nearType, farType] = direction === "out" ? [edge.from, edge.to] : [edge.to, edge.from];
  const node = view.nodes(nearType).find(near);
  if (node < 0) return NONE;
  const { edges, targets } = view.edges(edge).neighbours(direction).of(node);
  if (far === null) return edges.slice().sort();
  const other = view.nodes(farType).find(far);
  return other < 0 ? NONE : edges.filter((_, k) => targets[k] === other).sort();
}

type Test = (ordinal: number) => boolean;

/** The test of one comparison, for so many rows. */
function testOf(view: View, type: EntityType, comparison: Comparison, count: number): Test {
  const { field, operator, operand } = comparison;
  switch (field.kind) {
    case "property":
      return propertyTest(rowsOf(view, type).column(field.property.id), field.property, comparison, count);
    case "id": {
      const rows = rowsOf(view, type);
      return (row) => satisfies(rows.idAt(row), operator, operand);
    }
    case "src":
    case "dst": {
      const ends = view.edges(edgeOf(type)).endIds(field.kind);
      return (row) => satisfies(ends.idAt(row), operator, operand);
    }
  }
}

/** Scalar types whose values doubles represent exactly, so that a scan may compare doubles. */
const AS_DOUBLE = new Set(["Bool", "I32", "U32", "F32", "F64", "Date", "DateTime"]);

function propertyTest(
  cells: Cells,
  { type: { scalar, list } }: Property,
  { operator, operand }: Comparison,
  count: number,
): Test {
  if (!list && AS_DOUBLE.has(scalar) && typeof operand !== "string" && typeof operand !== "bigint") {
    const bound = Number(operand);
    // NaN stands for null and is unequal to everything, but `!=` must not match it either.
    return (row) => {
      const value = cells.number(row);
      return value === value && satisfies(value, operator, bound);
    };
  }
  const { base } = cells;
  const test = base === null ? null : textTest(base, operator, operand, count);
  if (base === null || test === null) return (row) => satisfies(cells.value(row), operator, operand);
  const { length } = base;
  return (row) =>
    row < length && (cells.clean || !cells.isPatched(row))
      ? test(row)
      : satisfies(cells.value(row), operator, operand);
}

/** A test of a text column that makes few strings: each dictionary entry is tested once, equality compares bytes. Null where this gains nothing for so many rows. */
function textTest(column: Column, operator: FilterOperator, operand: Value, count: number): Test | null {
  if (column.kind === "dictionary" && column.dictionary.length <= count) {
    const { codes, dictionary } = column;
    const hits = new Uint8Array(dictionary.length);
    for (let code = 0; code < hits.length; code++)
      hits[code] = Number(satisfies(valueAt(dictionary, code), operator, operand));
    return (row) => !isNull(column, row) && hits[codes[row]!] === 1;
  }
  if (column.kind !== "text" || operator !== "=" || typeof operand !== "string") return null;
  const wanted = new TextEncoder().encode(operand);
  const { bytes, offsets } = column;
  return (row) => {
    const from = offsets[row]!;
    return (
      offsets[row + 1]! - from === wanted.length &&
      sameBytes(bytes, from, wanted, 0, wanted.length) &&
      !isNull(column, row)
    );
  };
}
