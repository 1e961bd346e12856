import { unreachable } from "@omnigraph/base";
import type { EntityType } from "../../schema/catalog/catalog.ts";
import { ID_TYPE, type ValueType } from "../../types/value-types.ts";
import { exprType, type ExprType, isScalar, scalarType } from "../../types/expr-types.ts";
import { isConstant } from "../ir/expressions.ts";
import { fieldType, type SystemField, systemFields } from "../ir/fields.ts";
import type { SimpleCondition, FieldComparison, ValueExpr, Where } from "../ir/typed-query.ts";
import { typeLiteral } from "../../types/literals.ts";
import { typeLogic } from "./logic.ts";
import { resolveOperator } from "./operators.ts";
import { isComputed, typeComputed } from "./assigned.ts";
import { checkPattern } from "./regular-expressions.ts";
import { comparisonRemedy } from "./remedies.ts";
import type { QueryContext } from "./scope.ts";
import { emptyListFor, negation, notBool } from "./predicates.ts";
import { leavesOf } from "../syntax/logic.ts";
import type {
  ExprNode,
  FieldConditionNode,
  SimpleConditionNode,
  ValueNode,
  WhereNode,
} from "../syntax/tree.ts";
import type { NameNode } from "../../text/literal-tree.ts";

/** The ends of an edge as `where` writes them. */
export const ENDS: ReadonlyMap<string, SystemField> = new Map([
  ["from", { kind: "src" }],
  ["to", { kind: "dst" }],
  ["@src", { kind: "src" }],
  ["@dst", { kind: "dst" }],
]);

/** The names that a condition reads. */
export function namesIn({ condition }: WhereNode): readonly NameNode[] {
  return leavesOf(condition).map((leaf) => (leaf.kind === "condition" ? leaf.name : leaf.operand));
}

/** T11: what the type has instead. */
export function reportUnknownProperty(
  context: QueryContext,
  type: EntityType,
  { text, span }: NameNode,
  more: readonly string[],
): void {
  const remedy =
    type.kind === "edge" && ["src", "dst", "source", "target"].includes(text)
      ? "The ends of an edge are `from` and `to`."
      : context.suggest(text, [...type.propertyByName.keys(), ...more], "property");
  context.error("T11", span, `${type.name} has no property \`${text}\``, remedy);
}

/** The condition of an update or a delete; null after errors, which are in the context. */
export function typeWhere(context: QueryContext, type: EntityType, { condition }: WhereNode): Where | null {
  const typed = typeLogic(condition, (leaf: SimpleConditionNode, negated) =>
    typeCondition(context, type, leaf, negated),
  );
  if (typed === null) return null;
  return typed.kind === "and" ? typed.parts : [typed];
}

function typeCondition(
  context: QueryContext,
  type: EntityType,
  node: SimpleConditionNode,
  negated: boolean,
): SimpleCondition | null {
  switch (node.kind) {
    case "condition":
      return typeFieldCondition(context, type, node, negated);
    case "null_test": {
      const place = wherePlace(context, type, node.operand);
      return place && { kind: "is_null", field: place.field, negated: node.negated !== negated };
    }
    case "truth": {
      const place = wherePlace(context, type, node.operand);
      if (place === null) return null;
      const value = { kind: "literal", value: !negated, type: scalarType("Bool") } as const;
      if (place.type.scalar === "Bool" && isScalar(place.type))
        return { kind: "comparison", field: place.field, operator: "=", value, negated: false };
      context.error("T41", node.span, notBool(place.type));
      return null;
    }
    default:
      return unreachable(node);
  }
}

function typeFieldCondition(
  context: QueryContext,
  type: EntityType,
  node: FieldConditionNode,
  negated: boolean,
): SimpleCondition | null {
  const place = wherePlace(context, type, node.name);
  const given = typeComparand(context, node.value, place?.wanted ?? null, node.operator === "in");
  if (place === null || given === null) return null;
  if (node.operator === "matches" && !checkPattern(context, given, node.value.span)) return null;
  const value = node.operator === "in" ? emptyListFor(given, place.type) : given;
  const result = resolveOperator(place.type, node.operator, value.type);
  if (result.ok)
    return { kind: "comparison", field: place.field, value, ...negation(result.operator, negated) };
  const remedy = comparisonRemedy({ kind: "field", type: place.type }, node.operator, value);
  context.error("T7", node.span, `\`${node.name.text}\`: ${result.reason}`, remedy);
  return null;
}

/** The left side of a condition, and the type of the values that it can be compared with. */
interface WherePlace {
  readonly field: FieldComparison["field"];
  readonly type: ExprType;
  readonly wanted: ValueType;
}

function wherePlace(context: QueryContext, type: EntityType, name: NameNode): WherePlace | null {
  const end = type.kind === "edge" ? ENDS.get(name.text) : undefined;
  const system = end ?? systemFields(type).get(name.text);
  if (system !== undefined) return { field: system, type: fieldType(system), wanted: ID_TYPE };
  const property = type.propertyByName.get(name.text);
  if (property === undefined) {
    reportUnknownProperty(context, type, name, [...systemFields(type).keys()]);
    return null;
  }
  if (property.type.scalar === "Blob") {
    context.error("T11", name.span, `\`${name.text}\` of ${type.name} is a blob and cannot be compared`);
    return null;
  }
  const wanted = { ...property.type, list: false, nullable: false };
  return { field: { kind: "property", property }, type: exprType(property.type), wanted };
}

function typeComparand(
  context: QueryContext,
  node: ExprNode,
  wanted: ValueType | null,
  isList: boolean,
): FieldComparison["value"] | null {
  if (isComputed(node)) return typeComputedComparand(context, node);
  if (node.kind === "now" || node.kind === "variable")
    return typeOpenValue(context, node, wanted && { ...wanted, list: isList });
  const result = typeLiteral(node);
  if (result.ok) return result.literal;
  context.error("T3", node.span, result.reason);
  return null;
}

/** What a property is compared with is computed of literals and parameters. */
function typeComputedComparand(context: QueryContext, node: ExprNode): FieldComparison["value"] | null {
  const typed = typeComputed(context, null, node);
  if (typed === null || isConstant(typed)) return typed;
  context.error("T7", node.span, "a property is compared with what is the same for all entities");
  return null;
}

/** A value without a target property: a parameter or `now()`. */
export function typeOpenValue(
  context: QueryContext,
  node: Extract<ValueNode, { kind: "now" | "variable" }>,
  type: ValueType | null,
): Extract<ValueExpr, { kind: "now" | "parameter" }> | null {
  if (node.kind === "now") return { kind: "now", type: scalarType("DateTime") };
  const parameter = context.useParameter(node, null, type && { ...type, enumValues: null });
  return parameter && { kind: "parameter", name: parameter.name, type: exprType(parameter.type) };
}
