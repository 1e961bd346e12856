import { unreachable, type Value } from "@omnigraph/base";
import { FINER_THAN_MILLIS, finerThanMillis, parseDate, parseDateTime } from "./dates.ts";
import { formatType, type ScalarName, type ValueType } from "./value-types.ts";
import { fitsType, INTEGER_BOUNDS, roundedTo } from "./values.ts";
import { type ExprType, isFloat, isInteger, scalarType } from "./expr-types.ts";
import type { LiteralNode, ScalarLiteralNode } from "../text/literal-tree.ts";

/** A literal with its type. */
export interface LiteralExpr {
  readonly kind: "literal";
  readonly value: Value;
  readonly type: ExprType;
}

/** The typed value of a literal, or why it has none. */
export type LiteralResult =
  | { readonly ok: true; readonly literal: LiteralExpr }
  | { readonly ok: false; readonly reason: string };

const [I64_MIN, I64_MAX] = INTEGER_BOUNDS.I64;
const [, U64_MAX] = INTEGER_BOUNDS.U64;

/** An integer as values are held: a number when safe, else a bigint. */
export function integerValue(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The type and value that a literal has by itself: integers are I64, or U64 where only that holds them; fractions F64. */
export function typeLiteral(node: LiteralNode): LiteralResult {
  if (node.kind !== "list") {
    const scalar = typeScalar(node);
    return scalar.ok ? typed(scalar.value, scalarType(scalar.scalar)) : scalar;
  }
  const values: Value[] = [];
  let scalar: ScalarName | null = null;
  for (const item of node.items) {
    if (item.kind === "list") return refused("a list cannot hold lists");
    const result = typeScalar(item);
    if (!result.ok) return result;
    scalar = joinItemTypes(scalar, result.scalar);
    if (scalar === null) return refused("the items of a list must be of one type");
    values.push(result.value);
  }
  if (scalar === "U64" && values.some(isNegative)) {
    return refused("no integer type holds all items of the list: some are below zero, some beyond I64");
  }
  // An empty list has no items to take a type from; any will do.
  const exact = scalar === "F64" ? values.map(Number) : values;
  return typed(exact, { ...scalarType(scalar ?? "String"), list: true });
}

/** The literal as a value of a property's type: integers can be floats, lists of numbers can be vectors. */
export function fitLiteral(node: LiteralNode, type: ValueType): LiteralResult {
  if (type.scalar === "Blob") return refused("a blob cannot be written as a literal");
  const value = type.dimension !== null || type.list ? listValue(node, type) : scalarValue(node, type.scalar);
  if (!value.ok) {
    return refused(value.reason ?? `${describe(node)} is no ${formatType({ ...type, nullable: false })}`);
  }
  const problem = fitsType(value.value, type);
  if (problem !== null) return refused(problem);
  const { scalar, list, dimension } = type;
  return typed(value.value, { scalar, list, dimension, nullable: false });
}

/** A description of a literal, for messages. */
export function describe(node: LiteralNode): string {
  switch (node.kind) {
    case "string":
      return "a string";
    case "integer":
      return "an integer";
    case "float":
      return "a number with a fraction";
    case "boolean":
      return "a truth value";
    case "date":
      return "a date";
    case "datetime":
      return "a date and time";
    case "list":
      return "a list";
    default:
      return unreachable(node);
  }
}

type ScalarResult =
  | { readonly ok: true; readonly value: Value; readonly scalar: ScalarName }
  | { readonly ok: false; readonly reason: string };

function typeScalar(node: ScalarLiteralNode): ScalarResult {
  switch (node.kind) {
    case "string":
      return { ok: true, value: node.value, scalar: "String" };
    case "boolean":
      return { ok: true, value: node.value, scalar: "Bool" };
    case "float":
      if (!Number.isFinite(node.value)) return refused("no float type holds a number of that size");
      return { ok: true, value: node.value, scalar: "F64" };
    case "integer":
      if (node.value > U64_MAX || node.value < I64_MIN) return refused(`no integer type holds ${node.value}`);
      return { ok: true, value: integerValue(node.value), scalar: node.value > I64_MAX ? "U64" : "I64" };
    case "date": {
      const days = parseDate(node.text);
      if (days === null) return refused(`"${node.text}" is no calendar date (YYYY-MM-DD)`);
      return { ok: true, value: days, scalar: "Date" };
    }
    case "datetime": {
      const ms = parseDateTime(node.text);
      if (ms === null) return refused(`"${node.text}" is no ISO 8601 date and time`);
      if (finerThanMillis(node.text)) return refused(`"${node.text}" ${FINER_THAN_MILLIS}`);
      return { ok: true, value: ms, scalar: "DateTime" };
    }
    default:
      return unreachable(node);
  }
}

type Converted =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason?: string };

function scalarValue(node: LiteralNode, scalar: ScalarName): Converted {
  if (node.kind === "list") return { ok: false };
  const own = typeScalar(node);
  if (!own.ok) return own;
  if (own.scalar === scalar || (isInteger(own.scalar) && isInteger(scalar))) return own;
  if (!isFloat(scalar)) return { ok: false };
  if (!isInteger(own.scalar) && !isFloat(own.scalar)) return { ok: false };
  return { ok: true, value: roundedTo(scalar, Number(own.value)) };
}

function listValue(node: LiteralNode, type: ValueType): Converted {
  if (node.kind !== "list") return { ok: false };
  const values: Value[] = [];
  for (const item of node.items) {
    const converted = scalarValue(item, type.scalar);
    if (!converted.ok) return converted;
    values.push(converted.value);
  }
  if (type.dimension === null) return { ok: true, value: values };
  if (values.length !== type.dimension) {
    return { ok: false, reason: `a vector of ${values.length} numbers is no Vector(${type.dimension})` };
  }
  return { ok: true, value: Float32Array.from(values, Number) };
}

function isNegative(value: Value): boolean {
  return (typeof value === "number" || typeof value === "bigint") && value < 0;
}

function joinItemTypes(joined: ScalarName | null, item: ScalarName): ScalarName | null {
  if (joined === null || joined === item) return item;
  if (isInteger(joined) && isInteger(item)) return "U64";
  return (isInteger(joined) || isFloat(joined)) && (isInteger(item) || isFloat(item)) ? "F64" : null;
}

function typed(value: Value, type: ExprType): LiteralResult {
  return { ok: true, literal: { kind: "literal", value, type } };
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
