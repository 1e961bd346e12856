import { assert } from "@omnigraph/base";
import { canonicalKeyText, canonicalText, roundedTo } from "@omnigraph/language";
import { fieldToField } from "../predicates/field-test.ts";
import { constantToField, fieldToConstant, type OrdinalTest } from "../predicates/constant-test.ts";
import { asKeyValue } from "../predicates/key-value.ts";
import { holds } from "../predicates/values.ts";
import { type Anchor, type FilterClause, type VertexSpec } from "../plan/spec.ts";
import type { RunContext } from "../run/context.ts";
import {
  type ConstantExpr,
  type EntityExpr,
  type IdEquality,
  idEquality,
  isConstant,
} from "../plan/expressions.ts";

/** The id that the constants of an anchor give; null when no node can have it. */
export function anchoredId(anchor: Anchor, spec: VertexSpec, context: RunContext): string | null {
  if (anchor.kind === "id") {
    const id = context.constant(anchor.value);
    return typeof id === "string" ? id : null;
  }
  const { type } = spec.variable;
  const key = type.kind === "node" ? (type.key ?? []) : [];
  const values = anchor.values.map((value, k) => asKeyValue(context.constant(value), key[k]!.type.scalar));
  if (values.some((value) => value === null)) return null;
  if (values.length === 1) return canonicalText(values[0]!, key[0]!.type.scalar);
  return canonicalKeyText(
    values,
    key.map(({ type: valueType }) => valueType),
  );
}

/** The ordinal of the entity that an anchor fixes, or -1. */
export function anchoredOrdinal(anchor: Anchor, spec: VertexSpec, context: RunContext): number {
  const id = anchoredId(anchor, spec, context);
  return id === null ? -1 : context.rows(spec.variable.index).find(id);
}

/** Whether a condition on parameters alone holds. */
export function guardHolds(filter: FilterClause, context: RunContext): boolean {
  return holds(
    filter.operator,
    context.constant(asConstant(filter.left)),
    context.constant(asConstant(filter.right)),
  );
}

function asConstant(expr: FilterClause["left"]): ConstantExpr {
  assert(isConstant(expr), `${expr.kind} is a constant`);
  return expr;
}

/** The side of a filter that reads cells of an entity. */
export function asEntity(expr: FilterClause["left"]): EntityExpr {
  assert(expr.kind === "entity" || expr.kind === "field", `${expr.kind} reads an entity`);
  return expr;
}

/** The test of a filter that reads one variable. */
export function filterTest(filter: FilterClause, context: RunContext): OrdinalTest {
  const byId = idEquality(filter);
  if (byId !== null) return idTest(byId, context);
  const { left, operator, right } = filter;
  if (isConstant(left)) {
    const constant = roundedTo(right.type.scalar, context.constant(left));
    return constantToField(constant, operator, context.cells(asEntity(right)));
  }
  const cells = context.cells(asEntity(left));
  if (isConstant(right)) {
    return fieldToConstant(cells, operator, roundedTo(left.type.scalar, context.constant(right)));
  }
  const pair = fieldToField(cells, operator, context.cells(asEntity(right)));
  return (ordinal) => pair(ordinal, ordinal);
}

/** The test of an id by ordinals: that of the entity, or of the node at an end. */
function idTest({ variable, field, constant }: IdEquality, context: RunContext): OrdinalTest {
  const id = context.constant(constant);
  if (typeof id !== "string") return () => false;
  if (field === "id") {
    const found = context.rows(variable).find(id);
    return (ordinal) => ordinal === found;
  }
  const edges = context.edges(variable);
  const { from, to } = edges.edgeType;
  const node = context.view.nodes(field === "src" ? from : to).find(id);
  if (node < 0) return () => false;
  return field === "src" ? (edge) => edges.sourceOf(edge) === node : (edge) => edges.targetOf(edge) === node;
}
