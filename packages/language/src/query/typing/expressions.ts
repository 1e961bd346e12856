import { unreachable } from "@omnigraph/base";
import type { EntityType } from "../../schema/catalog/catalog.ts";
import { ENTITY_TYPE, exprType, OPTIONAL_ENTITY_TYPE, scalarType, showType } from "../../types/expr-types.ts";
import { fieldType, type SystemField, systemFieldFor, systemFields } from "../ir/fields.ts";
import type { Expr, Field } from "../ir/typed-query.ts";
import { typeLiteral } from "../../types/literals.ts";
import { isPathFunction } from "../../types/functions.ts";
import { typePathCall } from "./paths.ts";
import { isConstant } from "../ir/expressions.ts";
import { typeArithmetic, typeFunction } from "./computed.ts";
import { bareNameRemedy } from "./remedies.ts";
import { ANONYMOUS, type Binding, type QueryContext } from "./scope.ts";
import { typeSearch } from "./search-functions.ts";
import type { BlockCallNode, Site } from "./site.ts";
import type { AliasNode, CallNode, ExprNode, PropertyNode, VariableNode } from "../syntax/tree.ts";
import type { LiteralNode } from "../../text/literal-tree.ts";
import { isScalarFunction } from "../../types/scalar-functions.ts";
import {
  type AggregateFunction,
  AGGREGATES,
  aggregateType,
  isAggregate,
  takes,
  takesAnything,
} from "../../types/aggregates.ts";

/** The typed expression, or null after all errors in it were reported. */
export function typeExpr(site: Site, node: ExprNode): Expr | null {
  const { context } = site;
  switch (node.kind) {
    case "now":
      return { kind: "now", type: scalarType("DateTime") };
    case "variable":
      return typeVariable(site, node, false);
    case "property":
      return typeProperty(site, node);
    case "alias": {
      const named = site.columns?.get(node.text);
      if (named !== undefined) return named;
      reportBareName(site, node);
      return null;
    }
    case "call":
      return typeCall(site, node);
    case "binary":
    case "negative":
      return typeArithmetic(site, node, typeExpr);
    case "string":
    case "integer":
    case "float":
    case "boolean":
    case "date":
    case "datetime":
    case "list":
      return typeLiteralIn(context, node);
    default:
      return unreachable(node);
  }
}

function reportBareName({ context, scope, place, columns }: Site, { text, span }: AliasNode): void {
  if (place !== "assignment") {
    const message = `\`${text}\` is a bare name, which stands for a column only in order`;
    context.error("T6", span, message, bareNameRemedy(text, scope));
    return;
  }
  const names = [...(columns?.keys() ?? [])];
  const message = `\`${text}\` is no property that is there to be read`;
  const remedy =
    names.length === 0 || isKeyword(text) ? unquotedRemedy(text) : context.suggest(text, names, "property");
  context.error("T6", span, message, remedy);
}

function isKeyword(text: string): boolean {
  return ["null", "true", "false"].includes(text.toLowerCase());
}

function unquotedRemedy(text: string): string {
  if (isKeyword(text)) return `Write \`${text.toLowerCase()}\`, as in \`set { p: ${text.toLowerCase()} }\`.`;
  return `Text stands in double quotes, \`"${text}"\`; a parameter begins with \`$\`, \`$${text}\`.`;
}

function typeCall(site: Site, node: CallNode): Expr | null {
  const { context } = site;
  const name = node.function;
  if (node.distinct && !(isAggregate(name) && AGGREGATES[name].distinct)) {
    const message = `\`${name}\` takes no \`distinct\``;
    context.error("T8", node.span, message, "Count or collect distinct values: `count(distinct $x.p)`.");
    return null;
  }
  if (hasBlock(node) && site.subqueries !== null) return site.subqueries.aggregate(node);
  if (isAggregate(name)) return typeAggregate(site, node, name);
  if (isPathFunction(name) && (!isScalarFunction(name) || isOfPath(site, node)))
    return typePathCall(site, node, name);
  return isScalarFunction(name)
    ? typeFunction(site, node, name, typeExpr)
    : typeSearch(site, node, name, typeExpr);
}

function hasBlock(node: CallNode): node is BlockCallNode {
  return node.block !== null;
}

/** Whether a call asks of what a pattern binds, as `length($p)` does of a path; else it asks of a value. */
function isOfPath({ scope }: Site, { arguments: [argument] }: CallNode): boolean {
  return argument?.kind === "variable" && scope.find(argument.text) !== undefined;
}

function typeLiteralIn(context: QueryContext, node: LiteralNode): Expr | null {
  const result = typeLiteral(node);
  if (result.ok) return result.literal;
  context.error("T3", node.span, result.reason);
  return null;
}

function typeVariable(site: Site, node: VariableNode, counted: boolean): Expr | null {
  const { context, scope } = site;
  const binding = scope.find(node.text);
  if (binding !== undefined) {
    if (binding.kind === "edge" && !counted) {
      const message = `the edge binding \`$${node.text}\` is no value`;
      context.error("T23", node.span, message, `Use a property of it, as \`$${node.text}.property\`.`);
      return null;
    }
    if (binding.kind === "path" && !counted) {
      context.error("Q-PATH", node.span, `the path \`$${node.text}\` is no value`);
      return null;
    }
    const type = binding.optional ? OPTIONAL_ENTITY_TYPE : ENTITY_TYPE;
    return { kind: "entity", variable: binding.index, type };
  }
  const parameter = context.parameters.get(node.text);
  if (parameter !== undefined) {
    return { kind: "parameter", name: parameter.name, type: exprType(parameter.type) };
  }
  reportUnbound(site, node);
  return null;
}

function reportUnbound({ context, scope }: Site, node: VariableNode): void {
  if (node.text === ANONYMOUS) {
    context.error("T6", node.span, "`$_` is anonymous and has no value", "Give the variable a name.");
    return;
  }
  const remedy = context.suggestVariable(node.text, scope);
  context.error("T6", node.span, `\`$${node.text}\` is neither bound in match nor a parameter`, remedy);
}

function typeProperty(site: Site, node: PropertyNode): Expr | null {
  const { context, scope } = site;
  const binding = scope.find(node.variable.text);
  if (binding === undefined) {
    if (context.parameters.has(node.variable.text)) {
      const message = `the parameter \`$${node.variable.text}\` has no properties`;
      context.error("T6", node.span, message, "Use a variable that match binds.");
    } else {
      reportUnbound(site, node.variable);
    }
    return null;
  }
  if (binding.kind === "path") {
    context.error("Q-PATH", node.span, `the path \`$${node.variable.text}\` has no properties`);
    return null;
  }
  if (binding.type === null) return null;
  if (node.property.text === "@type") return boundField(binding, { kind: "type" });
  const system = systemFields(binding.type).get(node.property.text);
  if (system !== undefined) return systemExpr(binding, system);
  const property = binding.type.propertyByName.get(node.property.text);
  if (property === undefined) {
    reportUnknownProperty(context, node, binding.type);
    return null;
  }
  if (property.type.scalar === "Blob") {
    context.error(
      "T24",
      node.span,
      `\`${node.property.text}\` of ${binding.type.name} is a blob and no value`,
    );
    return null;
  }
  return boundField(binding, { kind: "property", property });
}

function reportUnknownProperty(
  context: QueryContext,
  { variable, property }: PropertyNode,
  type: EntityType,
): void {
  const meant = systemFieldFor(type, property.text);
  const remedy =
    meant === null
      ? context.suggest(property.text, type.propertyByName.keys(), "property")
      : `Write \`$${variable.text}.${meant}\`.`;
  context.error("T6", property.span, `${type.name} has no property \`${property.text}\``, remedy);
}

/** The expression that reads a field of a variable. */
export function fieldExpr(variable: number, field: Field): Expr {
  return { kind: "field", variable, field, type: fieldType(field) };
}

function boundField({ index, optional }: Binding, field: Field): Expr {
  const expr = fieldExpr(index, field);
  return optional ? { ...expr, type: { ...expr.type, nullable: true } } : expr;
}

/**
 * The end of an edge whose direction is known is the id of the node that the pattern has there, which can be looked up. A node around an optional block is there also where
 * the edge is not.
 */
function systemExpr(binding: Binding, field: SystemField): Expr {
  const { ends, optional } = binding;
  if (field.kind === "id" || ends === null || optional) return boundField(binding, field);
  return fieldExpr(ends[field.kind], { kind: "id" });
}

function typeAggregate(site: Site, node: CallNode, name: AggregateFunction): Expr | null {
  const { context } = site;
  if (site.place === "filter" || site.place === "assignment") {
    const where = site.place === "filter" ? "in match" : "in an assignment";
    context.error("T9", node.span, `the aggregate \`${name}\` stands ${where}`, "Aggregate in return.");
    return null;
  }
  if (site.place === "argument") {
    context.error("T8", node.span, `\`${name}\` takes one value, and is no argument itself`);
    return null;
  }
  return typeAggregateOf(site, node, name);
}

/** An aggregate over what the site has; null after errors. */
export function typeAggregateOf(
  site: Site,
  node: CallNode,
  name: AggregateFunction,
): Extract<Expr, { kind: "aggregate" }> | null {
  const { context } = site;
  const [argumentNode, ...more] = node.arguments;
  if (argumentNode === undefined || more.length > 0) {
    context.error("T8", node.span, `\`${name}\` takes one value`);
    return null;
  }
  const argument = typeAggregated(site, argumentNode, name);
  if (argument === null) return null;
  const problem = aggregateProblem(name, argument);
  if (problem !== null) {
    context.error("T8", argumentNode.span, problem);
    return null;
  }
  return {
    kind: "aggregate",
    function: name,
    distinct: node.distinct,
    argument,
    type: aggregateType(name, argument.type),
  };
}

function typeAggregated(site: Site, node: ExprNode, name: AggregateFunction): Expr | null {
  if (node.kind === "variable") return typeVariable(site, node, takesAnything(name));
  const { context, scope, subqueries } = site;
  return typeExpr({ context, scope, place: "argument", subqueries }, node);
}

function aggregateProblem(name: AggregateFunction, argument: Expr): string | null {
  if (isConstant(argument)) return `\`${name}\` takes a variable, a property or what is computed of them`;
  if (takes(name, argument.type)) return null;
  return `\`${name}\` takes ${AGGREGATES[name].takes}, not ${showType(argument.type)}`;
}
