import type { EntityType } from "../../schema/catalog/catalog.ts";
import type { NameNode } from "../../text/literal-tree.ts";
import { assignable, exprType, showType } from "../../types/expr-types.ts";
import { formatType, type ValueType } from "../../types/value-types.ts";
import type { AssignedExpr, Expr } from "../ir/typed-query.ts";
import type { ExprNode, ValueNode } from "../syntax/tree.ts";
import { fieldExpr, typeExpr } from "./expressions.ts";
import { conversionRemedy } from "./remedies.ts";
import { type QueryContext, Scope } from "./scope.ts";

/** Whether an assigned value is made of others, or read from the entity. */
export function isComputed(node: ExprNode): node is Exclude<ExprNode, ValueNode> {
  switch (node.kind) {
    case "alias":
    case "property":
    case "call":
    case "binary":
    case "negative":
      return true;
    case "now":
    case "variable":
    case "string":
    case "integer":
    case "float":
    case "boolean":
    case "date":
    case "datetime":
    case "list":
      return false;
  }
}

/** What an assignment computes: of the properties of `read`, where that is a type, of literals and of parameters. Null after its errors. */
export function typeComputed(
  context: QueryContext,
  read: EntityType | null,
  node: ExprNode,
): AssignedExpr | null {
  const columns = read === null ? new Map<string, Expr>() : propertiesOf(read);
  const scope = new Scope(null);
  const site = { context, scope, place: "assignment", subqueries: null, nested: true, columns } as const;
  const typed = typeExpr(site, node);
  if (typed === null) return null;
  switch (typed.kind) {
    case "literal":
    case "parameter":
    case "now":
    case "fixed":
    case "computed":
    case "field":
      return typed;
    case "entity":
    case "aggregate":
    case "search":
    case "path":
    case "subquery":
    case "outcome":
      context.error("T7", node.span, "this is no value that can be assigned");
      return null;
  }
}

/** The properties by their names, as an update reads them. */
function propertiesOf({ properties }: EntityType): ReadonlyMap<string, Expr> {
  const readable = properties.filter(({ type }) => type.scalar !== "Blob");
  return new Map(readable.map((property) => [property.name, fieldExpr(0, { kind: "property", property })]));
}

/** An entry with a value that is not null. */
export interface Given<Value> {
  readonly name: NameNode;
  readonly value: Value;
}

/** The value, where its type is one that the target takes; else null, and that is reported. */
export function checkAssignable<Typed extends AssignedExpr>(
  context: QueryContext,
  { name, value }: Given<ExprNode>,
  typed: Typed,
  type: ValueType,
): Typed | null {
  if (assignable(typed.type, exprType(type))) return typed;
  const message = `${showType(typed.type)} cannot be assigned to \`${name.text}\`, which is ${formatType(type)}`;
  context.error("T7", value.span, message, conversionRemedy(typed, exprType(type)));
  return null;
}
