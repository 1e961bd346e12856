import { unreachable } from "@omnigraph/base";
import { formatType } from "../values.ts";
import type {
  BindingNode,
  ColumnNode,
  EntryNode,
  ExprNode,
  FilterNode,
  OrderNode,
  ParameterNode,
  StatementNode,
  TraversalNode,
  WhereNode,
} from "./syntax.ts";

/** An expression on one line, as the formatter writes it. */
export function printExpr(node: ExprNode): string {
  switch (node.kind) {
    case "string":
      return printString(node.value);
    case "integer":
      return node.value.toString();
    case "float":
      return printFloat(node.value);
    case "boolean":
      return String(node.value);
    case "date":
    case "datetime":
      return `${node.kind}(${printString(node.text)})`;
    case "list":
      return `[${node.items.map(printExpr).join(", ")}]`;
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

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
};

/** A string literal of the language; only the characters that must be are escaped. */
export function printString(text: string): string {
  return `"${text.replaceAll(/["\\\n\t\r]/gu, (character) => ESCAPES[character] ?? character)}"`;
}

/** A fraction keeps its point, so that it stays a float when it is read again. */
function printFloat(value: number): string {
  const text = String(value);
  return /[.e]/u.test(text) ? text : `${text}.0`;
}

export function printEntry({ name, value }: EntryNode): string {
  return `${name.text}: ${printExpr(value)}`;
}

/** `{ a: 1, b: 2 }` on one line; nothing for no entries. */
export function printEntries(entries: readonly EntryNode[]): string {
  return entries.length === 0 ? "{}" : `{ ${entries.map(printEntry).join(", ")} }`;
}

export function printBinding({ variable, type, entries }: BindingNode): string {
  const head = `$${variable.text}: ${type.text}`;
  return entries.length === 0 ? head : `${head} ${printEntries(entries)}`;
}

export function printTraversal({ from, edgeVariable, edge, undirected, hops, to }: TraversalNode): string {
  const binding = edgeVariable === null ? "" : `$${edgeVariable.text}:`;
  const name = undirected ? `<${edge.text}>` : edge.text;
  const bounds = hops === null ? "" : `{${hops.min.value},${hops.max?.value ?? ""}}`;
  return `$${from.text} ${binding}${name}${bounds} $${to.text}`;
}

export function printFilter({ left, operator, right }: FilterNode): string {
  return `${printExpr(left)} ${operator} ${printExpr(right)}`;
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

export function printWhere({ name, operator, value }: WhereNode): string {
  return `where ${name.text} ${operator} ${printExpr(value)}`;
}

/** What stands before the braces of a statement, or the whole of a delete. */
export function printStatementHead(node: StatementNode): string {
  switch (node.kind) {
    case "insert":
      return `insert ${node.type.text}`;
    case "update":
      return `update ${node.type.text} set`;
    case "delete":
      return `delete ${node.type.text} ${printWhere(node.where)}`;
    default:
      return unreachable(node);
  }
}
