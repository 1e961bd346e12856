import type { Value } from "@omnigraph/base";
import {
  type Condition,
  type Expr,
  type FilterOperator,
  type Property,
  type ValueExpr,
  childrenOf,
} from "@omnigraph/language";
import { type NaiveEntity, NaiveRefusal } from "./naive-entity.ts";
import { computedValue, NaiveOverflow } from "./naive-values.ts";

/** Whether a value is computed of an entity. */
export function readsEntity(expr: Expr): boolean {
  return expr.kind === "field" || childrenOf(expr).some(readsEntity);
}

/** An assigned value, which may be computed of the properties of an entity as it is. */
export function valueIn(expr: Expr, entity: NaiveEntity | null, valueOf: (expr: ValueExpr) => Value): Value {
  switch (expr.kind) {
    case "literal":
    case "parameter":
    case "now":
      return valueOf(expr);
    case "fixed":
      return valueIn(expr.expr, entity, valueOf);
    case "computed":
      try {
        return computedValue(expr, (part) => valueIn(part, entity, valueOf));
      } catch (error) {
        if (error instanceof NaiveOverflow) throw new NaiveRefusal("number_overflow");
        throw error;
      }
    case "field":
      return expr.field.kind === "property" ? (entity?.values.get(expr.field.property.name) ?? null) : null;
    case "outcome":
    case "entity":
    case "aggregate":
    case "search":
    case "path":
    case "subquery":
      throw new TypeError(`${expr.kind} is assigned`);
  }
}

/** True, false or unknown. */
export function truthOf(
  condition: Condition,
  entity: NaiveEntity,
  valueOf: (expr: ValueExpr) => Value,
): boolean | null {
  if ("parts" in condition) {
    const truths = condition.parts.map((part) => truthOf(part, entity, valueOf));
    const decides = condition.kind === "or";
    if (truths.includes(decides)) return decides;
    return truths.includes(null) ? null : !decides;
  }
  const { field } = condition;
  const value =
    field.kind === "property"
      ? (entity.values.get(field.property.name) ?? null)
      : { id: entity.id, src: entity.from, dst: entity.to }[field.kind];
  if (condition.kind === "is_null") return (value === null) !== condition.negated;
  const given = valueIn(condition.value, null, valueOf);
  const operand = field.kind === "property" ? stored(field.property, given) : given;
  if (value === null || operand === null) return null;
  const [left, right] = Array.isArray(operand) ? [operand, value] : [value, operand];
  return holds(left, condition.operator, right) !== condition.negated;
}

function holds(value: Value, operator: FilterOperator, operand: Value): boolean {
  if (value === null || operand === null) return false;
  if (operator === "contains_text") return String(value).includes(String(operand));
  if (operator === "starts_with") return String(value).startsWith(String(operand));
  if (operator === "ends_with") return String(value).endsWith(String(operand));
  if (operator === "matches") return new RegExp(String(operand), "u").test(String(value));
  if (operator === "contains_item") return Array.isArray(value) && value.includes(operand);
  const order = compared(value, operand);
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function compared(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}
/** F32 in 32 bits: what is stored, and what a condition compares with. */
export function stored({ type }: Property, value: Value): Value {
  return type.scalar === "F32" && typeof value === "number" ? Math.fround(value) : value;
}
