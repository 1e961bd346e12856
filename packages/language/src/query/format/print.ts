import { unreachable } from "@omnigraph/base";
import { printBraces, printLiteral, printString } from "../../text/print.ts";
import { formatType } from "../../types/value-types.ts";
import { isLogic, isNegation } from "../syntax/logic.ts";
import type {
  ArithmeticOperator,
  CallNode,
  ClauseNode,
  ColumnNode,
  EntryNode,
  EdgesNode,
  ExprNode,
  Logical,
  NestedNode,
  OrderNode,
  ParameterNode,
  QueryAnnotationNode,
  QueryNode,
  ReadNode,
  ResultNode,
  RowCountNode,
  SimpleConditionNode,
  SimpleNode,
  StatementNode,
  TraversalNode,
  WhereNode,
} from "../syntax/tree.ts";

/** An expression on one line. */
function printExpr(node: ExprNode): string {
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
      return printCall(node);
    case "binary": {
      const { operator, left, right } = node;
      return `${printOperand(left, rankOf(operator))} ${operator} ${printOperand(right, rankOf(operator) + 1)}`;
    }
    case "negative":
      return `-${printOperand(node.operand, PLAIN_RANK)}`;
    default:
      return unreachable(node);
  }
}

function printCall({ function: name, distinct, arguments: list, block }: CallNode): string {
  const given = list.map(printExpr).join(", ");
  const isBare = block !== null && name === "count" && list.length === 0;
  const call = isBare ? name : `${name}(${distinct ? "distinct " : ""}${given})`;
  return block === null ? call : `${call} ${printBlock(block)}`;
}

function printBlock(clauses: readonly ClauseNode[]): string {
  return `{ ${printClauses(clauses).join(" ")} }`;
}

const SIGN_RANK = 3;
const PLAIN_RANK = 4;

/** Operators of a greater rank bind more closely. */
function rankOf(operator: ArithmeticOperator): number {
  return operator === "+" || operator === "-" ? 1 : 2;
}

/** An operand, in parentheses where it binds less closely than a rank. */
function printOperand(node: ExprNode, rank: number): string {
  const signed = node.kind === "negative" ? SIGN_RANK : PLAIN_RANK;
  const own = node.kind === "binary" ? rankOf(node.operator) : signed;
  return own < rank ? `(${printExpr(node)})` : printExpr(node);
}

/** What is returned or ordered by, on one line. */
export function printResult(node: ResultNode): string {
  return node.kind === "outcome" ? printLogic(node.condition, printSimple) : printExpr(node);
}

export function printEntry({ name, value }: EntryNode): string {
  return `${name.text}: ${value.kind === "null" ? "null" : printExpr(value)}`;
}

export function returnKeyword(distinct: boolean): string {
  return distinct ? "return distinct" : "return";
}

export function printRowCount(node: RowCountNode): string {
  return node.kind === "variable" ? `$${node.text}` : String(node.value);
}

export function printColumn({ expr, alias }: ColumnNode): string {
  return alias === null ? printResult(expr) : `${printResult(expr)} as ${alias.text}`;
}

export function printOrder({ expr, direction }: OrderNode): string {
  return direction === null ? printResult(expr) : `${printResult(expr)} ${direction}`;
}

export function printParameter({ name, type }: ParameterNode): string {
  return `$${name.text}: ${formatType(type)}`;
}

export function printAnnotation({ name, text }: QueryAnnotationNode): string {
  return `@${name}(${printString(text)})`;
}

export function printWhere({ condition }: WhereNode): string {
  return `where ${printLogic(condition, printCondition)}`;
}

function printCondition(node: SimpleConditionNode): string {
  switch (node.kind) {
    case "condition":
      return `${node.name.text} ${node.operator} ${printExpr(node.value)}`;
    case "null_test":
      return printNullTest(node.operand.text, node.negated);
    case "truth":
      return node.operand.text;
    default:
      return unreachable(node);
  }
}

function printNullTest(operand: string, negated: boolean): string {
  return `${operand} is ${negated ? "not " : ""}null`;
}

/** Clauses on one line each. Parentheses keep one that begins with a sign from going on with a value before it. */
export function printClauses(nodes: readonly ClauseNode[]): readonly string[] {
  return nodes.map((node, at) => {
    const text = printClause(node);
    const before = nodes[at - 1];
    return text.startsWith("-") && before !== undefined && endsWithValue(before) ? `(${text})` : text;
  });
}

function endsWithValue({ kind }: ClauseNode): boolean {
  return kind !== "binding" && kind !== "nested";
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
      return printLogic(node, printSimple);
    case "text":
      return printExpr(node.call);
    case "nested":
      return printNested(node);
    default:
      return unreachable(node);
  }
}

function printNested({ keyword, clauses }: NestedNode): string {
  return `${keyword} ${printBlock(clauses)}`;
}

function printSimple(node: SimpleNode): string {
  switch (node.kind) {
    case "filter":
      return `${printExpr(node.left)} ${node.operator} ${printExpr(node.right)}`;
    case "null_test":
      return printNullTest(printExpr(node.operand), node.negated);
    case "truth":
      return printExpr(node.operand);
    case "nested":
      return printNested(node);
    default:
      return unreachable(node);
  }
}

/** A condition with no more parentheses than it takes: `or` binds loosest, then `and`, then `not`. */
function printLogic<Leaf extends { readonly kind: string }>(
  node: Logical<Leaf>,
  print: (leaf: Leaf) => string,
): string {
  const within = (part: Logical<Leaf>, kinds: readonly string[]): string =>
    kinds.includes(part.kind) ? `(${printLogic(part, print)})` : printLogic(part, print);
  if (isLogic(node)) {
    const looser = node.kind === "or" ? ["or"] : ["or", "and"];
    return node.parts.map((part) => within(part, looser)).join(` ${node.kind} `);
  }
  return isNegation(node) ? `not ${within(node.operand, ["or", "and", "negation", "nested"])}` : print(node);
}

/** The edges that a traversal follows, without the brackets of either way. */
export function printEdges(edges: EdgesNode): string {
  if (edges.kind === "any") return "*";
  const names = edges.names.map(({ text, quoted }) => (quoted ? `"${text}"` : text));
  return names.length === 1 ? names.join("") : `(${names.join(" | ")})`;
}

function printTraversal({ from, edgeVariable, edges, undirected, hops, path, to }: TraversalNode): string {
  const binding = edgeVariable === null ? "" : `$${edgeVariable.text}:`;
  const name = undirected ? `<${printEdges(edges)}>` : printEdges(edges);
  const most = hops?.max === "*" ? "*" : (hops?.max?.value ?? "");
  const bounds = hops === null ? "" : `{${hops.min.value},${most}}`;
  const named = path === null ? "" : ` as $${path.text}`;
  return `$${from.text} ${binding}${name}${bounds}${named} $${to.text}`;
}

/** A statement on one line. */
export function printStatement(node: StatementNode): string {
  switch (node.kind) {
    case "insert":
    case "upsert":
      return printBraces(`${node.kind} ${node.type.text}`, node.entries.map(printEntry));
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

function readParts({
  clauses,
  columns,
  distinct,
  having,
  order,
  limit,
  offset,
}: ReadNode): readonly string[] {
  return [
    `match { ${printClauses(clauses).join(" ")} }`,
    printBraces(returnKeyword(distinct), columns.map(printColumn)),
    ...(having.length === 0 ? [] : [`having { ${printClauses(having).join(" ")} }`]),
    ...(order.length === 0 ? [] : [printBraces("order", order.map(printOrder))]),
    ...(limit === null ? [] : [`limit ${printRowCount(limit)}`]),
    ...(offset === null ? [] : [`offset ${printRowCount(offset)}`]),
  ];
}
