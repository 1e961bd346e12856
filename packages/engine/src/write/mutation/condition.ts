import { present, unreachable, type Value, type Values } from "@omnigraph/base";
import type {
  Condition,
  EdgeType,
  EntityType,
  FilterOperator,
  PropertyId,
  ValueExpr,
} from "@omnigraph/language";
import { canonicalText, roundedTo } from "@omnigraph/language";
import { type Column, isNull, type RowBatch, sameBytes, valueAt } from "@omnigraph/storage";
import { asKeyValue } from "../../query/predicates/key-value.ts";
import type { Need, Rows, View } from "../../view/view.ts";
import { satisfies } from "../compare.ts";
import { endIds, endKeys, needOf } from "../../view/needs.ts";
import { rowsOf } from "../../view/rows-of.ts";

/** A `where` with its value. The statement reads by it, and new rows of other commits are tested against it. */
export interface Predicate {
  readonly type: EntityType;
  readonly field: Condition["field"];
  readonly operator: FilterOperator;
  readonly operand: Value;
}

/** Evaluates expressions: parameters as bound, `now()` the same for the whole mutation (epoch milliseconds). */
export function valueOf(expr: ValueExpr, parameters: Values, now: number): Value {
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "parameter":
      return parameters[expr.name] ?? null;
    case "now":
      return now;
    default:
      return unreachable(expr);
  }
}

/** The predicate of a statement's `where`, with its expression evaluated. */
export function predicateOf(type: EntityType, { field, operator }: Condition, value: Value): Predicate {
  const scalar = field.kind === "property" ? field.property.type.scalar : null;
  return { type, field, operator, operand: roundedTo(scalar, value) };
}

/** How the rows that match are found. */
type Access =
  | { readonly kind: "none" }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "end"; readonly edge: EdgeType; readonly direction: "out" | "in"; readonly id: string }
  | { readonly kind: "scan_end"; readonly edge: EdgeType; readonly end: "from" | "to" }
  | { readonly kind: "scan_id" }
  | { readonly kind: "scan"; readonly property: PropertyId };

function accessOf({ type, field, operator, operand }: Predicate): Access {
  if (operand === null) return { kind: "none" };
  if (field.kind === "id")
    return operator === "=" ? { kind: "id", id: String(operand) } : { kind: "scan_id" };
  if (field.kind === "property") {
    if (
      operator === "=" &&
      type.kind === "node" &&
      type.key?.length === 1 &&
      type.key[0]?.id === field.property.id
    ) {
      const { scalar } = field.property.type;
      const held = asKeyValue(operand, scalar);
      return held === null ? { kind: "none" } : { kind: "id", id: canonicalText(held, scalar) };
    }
    return { kind: "scan", property: field.property.id };
  }
  const edge = edgeOf(type);
  if (operator !== "=") return { kind: "scan_end", edge, end: field.kind };
  return { kind: "end", edge, direction: field.kind === "from" ? "out" : "in", id: String(operand) };
}

function edgeOf(type: EntityType): EdgeType {
  return present(type.kind === "edge" ? type : null, `edge type ${type.name}`);
}

/** What must be resident before `matching` runs. */
export function predicateNeeds(predicate: Predicate): readonly Need[] {
  const access = accessOf(predicate);
  switch (access.kind) {
    case "none":
      return [];
    case "id":
      return [needOf(predicate.type, { keys: true })];
    case "end":
      return [
        needOf(access.edge, { out: access.direction === "out", in: access.direction === "in" }),
        ...endKeys(access.edge),
      ];
    case "scan_end":
      return [needOf(access.edge, { ends: true }), ...endIds(access.edge)];
    case "scan_id":
      return [needOf(predicate.type, { ids: true })];
    case "scan":
      return [needOf(predicate.type, { columns: new Set([access.property]) })];
    default:
      return unreachable(access);
  }
}

/** Ordinals of the rows that match, ascending. */
export function matching(view: View, predicate: Predicate): Uint32Array {
  const access = accessOf(predicate);
  // Nothing was made resident for this case, so no rows of the view may be read.
  if (access.kind === "none") return new Uint32Array(0);
  const rows = rowsOf(view, predicate.type);
  switch (access.kind) {
    case "id": {
      const ordinal = rows.find(access.id);
      return ordinal < 0 ? new Uint32Array(0) : Uint32Array.of(ordinal);
    }
    case "end": {
      const node = view.nodes(access.direction === "out" ? access.edge.from : access.edge.to).find(access.id);
      if (node < 0) return new Uint32Array(0);
      return view.edges(access.edge).neighbours(access.direction).of(node).edges.slice().sort();
    }
    case "scan_end": {
      const edges = view.edges(access.edge);
      const nodes = view.nodes(access.end === "from" ? access.edge.from : access.edge.to);
      const end = (edge: number): number =>
        access.end === "from" ? edges.sourceOf(edge) : edges.targetOf(edge);
      return edges
        .liveOrdinals()
        .filter((edge) => satisfies(nodes.idAt(end(edge)), predicate.operator, predicate.operand));
    }
    case "scan_id":
      return rows
        .liveOrdinals()
        .filter((row) => satisfies(rows.idAt(row), predicate.operator, predicate.operand));
    case "scan":
      return scan(rows, access.property, predicate);
    default:
      return unreachable(access);
  }
}

/** Scalar types whose values doubles represent exactly, so that a scan may compare doubles. */
const AS_DOUBLE = new Set(["Bool", "I32", "U32", "F32", "F64", "Date", "DateTime"]);

function scan(rows: Rows, property: PropertyId, { type, operator, operand }: Predicate): Uint32Array {
  const cells = rows.column(property);
  const { scalar, list } = present(type.propertyById.get(property), "property of a condition").type;
  if (!list && AS_DOUBLE.has(scalar) && typeof operand !== "string" && typeof operand !== "bigint") {
    const bound = Number(operand);
    // NaN stands for null and is unequal to everything, but `!=` must not match it either.
    return rows.liveOrdinals().filter((row) => {
      const value = cells.number(row);
      return value === value && satisfies(value, operator, bound);
    });
  }
  const { base } = cells;
  const test = base === null ? null : textTest(base, operator, operand);
  if (base === null || test === null)
    return rows.liveOrdinals().filter((row) => satisfies(cells.value(row), operator, operand));
  const { length } = base;
  return rows
    .liveOrdinals()
    .filter((row) =>
      row < length && (cells.clean || !cells.isPatched(row))
        ? test(row)
        : satisfies(cells.value(row), operator, operand),
    );
}

/** A test of the rows of a text column that makes few strings: each dictionary entry is tested once, equality compares bytes. Null where this gains nothing. */
function textTest(
  column: Column,
  operator: FilterOperator,
  operand: Value,
): ((row: number) => boolean) | null {
  if (column.kind === "dictionary") {
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

/** Whether any row of a batch matches. Used on the new rows of other commits. */
export function anyMatches(rows: RowBatch, { field, operator, operand, type }: Predicate): boolean {
  if (rows.length === 0 || operand === null) return false;
  const key =
    field.kind === "property"
      ? field.property.id
      : field.kind === "id"
        ? "id"
        : field.kind === "from"
          ? "src"
          : "dst";
  const column = rows.columns.get(key);
  if (column === undefined) {
    const fill = field.kind === "property" ? (type.propertyById.get(field.property.id)?.fill ?? null) : null;
    return satisfies(fill, operator, operand);
  }
  for (let row = 0; row < rows.length; row++)
    if (satisfies(valueAt(column, row), operator, operand)) return true;
  return false;
}
