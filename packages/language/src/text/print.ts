import { unreachable } from "@omnigraph/base";
import type { LiteralNode } from "./literal-tree.ts";

/** A literal on one line. */
export function printLiteral(node: LiteralNode): string {
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
      return `[${node.items.map(printLiteral).join(", ")}]`;
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

/** A text in quotes, as both languages write it. */
export function printString(text: string): string {
  return `"${text.replaceAll(/["\\\n\t\r]/gu, (character) => ESCAPES[character] ?? character)}"`;
}

/** A float with a point or an exponent, so that it is parsed as a float again. */
function printFloat(value: number): string {
  // Values out of range are refused by the type rules, not by the printer.
  if (!Number.isFinite(value)) return value < 0 ? "-1e999" : "1e999";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /[.e]/u.test(text) ? text : `${text}.0`;
}

/** `head { a, b }`, or `head {}`. */
export function printBraces(head: string, items: readonly string[]): string {
  return items.length === 0 ? `${head} {}` : `${head} { ${items.join(", ")} }`;
}
