import { unreachable } from "@omnigraph/base";
import { printBraces, printLiteral, printString } from "../../text/print.ts";
import { formatType } from "../../types/value-types.ts";
import type {
  ClauseNode,
  ColumnNode,
  ConditionNode,
  EntryNode,
  ExprNode,
  OrderNode,
  ParameterNode,
  PredicateNode,
  QueryAnnotationNode,
  QueryNode,
  ReadNode,
  RowCountNode,
  StatementNode,
  TraversalNode,
  WhereNode,
} from "../syntax/tree.ts";

/** An expression on one line. */
export function printExpr(node: ExprNode): string {
  switch (node.kind) {
    case "string":
    case "integer":
    case "float":
    case "boolean":
    case "date":
    case "datetime":
    case "list":
      return printLiteral(node);
    case "now":
      return "now()";
    case "variable":
      return `$${node.text}`;
    case "property":
      return `$${node.variable.text}.${node.property.text}`;
    case "alias":
      return node.text;
    case "call":
      return `${node.function}(${node.arguments.map(printExpr).join(", ")})`;
    default:
      return unreachable(node);
  }
}

export function printEntry({ name, value }: EntryNode): string {
  return `${name.text}: ${printExpr(value)}`;
}

export function returnKeyword(distinct: boolean): string {
  return distinct ? "return distinct" : "return";
}

export function printRowCount(node: RowCountNode): string {
  return node.kind === "variable" ? `$${node.text}` : String(node.value);
}

export function printColumn({ expr, alias }: ColumnNode): string {
  return alias === null ? printExpr(expr) : `${printExpr(expr)} as ${alias.text}`;
}

export function printOrder({ expr, direction }: OrderNode): string {
  return direction === null ? printExpr(expr) : `${printExpr(expr)} ${direction}`;
}

export function printParameter({ name, type }: ParameterNode): string {
  return `$${name.text}: ${formatType(type)}`;
}

export function printAnnotation({ name, text }: QueryAnnotationNode): string {
  return `@${name}(${printString(text)})`;
}

export function printWhere({ conditions }: WhereNode): string {
  return `where ${conditions.map(printCondition).join(" and ")}`;
}

function printCondition({ name, operator, value }: ConditionNode): string {
  return `${name.text} ${operator} ${printExpr(value)}`;
}

/** A clause on one line. */
export function printClause(node: ClauseNode): string {
  switch (node.kind) {
    case "binding": {
      const head = `$${node.variable.text}: ${node.type.text}`;
      return node.entries.length === 0 ? head : printBraces(head, node.entries.map(printEntry));
    }
    case "traversal":
      return printTraversal(node);
    case "filter":
    case "null_test":
    case "truth":
    case "and":
    case "or":
    case "negation":
      return printPredicate(node);
    case "text":
      return printExpr(node.call);
    case "not":
      return `not { ${node.clauses.map(printClause).join(" ")} }`;
    default:
      return unreachable(node);
  }
}

/** A condition with no more parentheses than it takes: `or` binds loosest, then `and`, then `not`. */
function printPredicate(node: PredicateNode): string {
  switch (node.kind) {
    case "filter":
      return `${printExpr(node.left)} ${node.operator} ${printExpr(node.right)}`;
    case "null_test":
      return `${printExpr(node.operand)} is ${node.negated ? "not " : ""}null`;
    case "truth":
      return printExpr(node.operand);
    case "or":
      return node.parts.map((part) => within(part, ["or"])).join(" or ");
    case "and":
      return node.parts.map((part) => within(part, ["or", "and"])).join(" and ");
    case "negation":
      return `not ${within(node.operand, ["or", "and"])}`;
    default:
      return unreachable(node);
  }
}

/** A part of a condition, in parentheses where it is of one of these kinds. */
function within(node: PredicateNode, kinds: readonly PredicateNode["kind"][]): string {
  return kinds.includes(node.kind) ? `(${printPredicate(node)})` : printPredicate(node);
}

function printTraversal({ from, edgeVariable, edge, quoted, undirected, hops, to }: TraversalNode): string {
  const binding = edgeVariable === null ? "" : `$${edgeVariable.text}:`;
  const name = undirected ? `<${edge.text}>` : quoted ? `"${edge.text}"` : edge.text;
  const bounds = hops === null ? "" : `{${hops.min.value},${hops.max?.value ?? ""}}`;
  return `$${from.text} ${binding}${name}${bounds} $${to.text}`;
}

/** A statement on one line. */
export function printStatement(node: StatementNode): string {
  switch (node.kind) {
    case "insert":
      return printBraces(`insert ${node.type.text}`, node.entries.map(printEntry));
    case "update":
      return `${printBraces(`update ${node.type.text} set`, node.entries.map(printEntry))} ${printWhere(node.where)}`;
    case "delete":
      return `delete ${node.type.text} ${printWhere(node.where)}`;
    default:
      return unreachable(node);
  }
}

/** A query's name, parameters and annotations on one line. */
export function printHead({ name, parameters, annotations }: QueryNode): string {
  const signature = `query ${name.text}(${parameters.map(printParameter).join(", ")})`;
  return [signature, ...annotations.map(printAnnotation)].join(" ");
}

/** A whole query on one line; a bare query is printed without a head. */
export function printQuery(node: QueryNode): string {
  const { body } = node;
  const parts = body.kind === "read" ? readParts(body) : body.statements.map(printStatement);
  if (node.bare) return parts.join(" ");
  return `${printHead(node)} { ${parts.join(" ")} }`;
}

function readParts({ clauses, columns, distinct, order, limit, offset }: ReadNode): readonly string[] {
  return [
    `match { ${clauses.map(printClause).join(" ")} }`,
    printBraces(returnKeyword(distinct), columns.map(printColumn)),
    ...(order.length === 0 ? [] : [printBraces("order", order.map(printOrder))]),
    ...(limit === null ? [] : [`limit ${printRowCount(limit)}`]),
    ...(offset === null ? [] : [`offset ${printRowCount(offset)}`]),
  ];
}
