import { unreachable } from "@omnigraph/base";
import { printLiteral } from "../../text/print.ts";
import type { NameNode } from "../../text/literal-tree.ts";
import type {
  AnnotationNode,
  ArgumentNode,
  CardinalityNode,
  DeclarationNode,
  EdgeTypeNode,
  InterfaceNode,
  MemberNode,
  NodeTypeNode,
  NumberNode,
  TypeNode,
} from "../syntax/tree.ts";

/** A declaration up to its body. */
export function printHead(node: DeclarationNode): string {
  switch (node.kind) {
    case "interface":
      return printInterfaceHead(node);
    case "node":
      return printNodeHead(node);
    case "edge":
      return printEdgeHead(node);
    default:
      return unreachable(node);
  }
}

/** A property or a constraint on one line. */
export function printMember(node: MemberNode): string {
  switch (node.kind) {
    case "property":
      return [`${node.name.text}: ${printType(node.type)}`, ...node.annotations.map(printAnnotation)].join(
        " ",
      );
    case "key":
    case "unique":
    case "index":
      return `@${node.kind}(${names(node.members)})`;
    case "range":
      return `@range(${node.property.text}, ${printBound(node.min)}..${printBound(node.max)})`;
    case "check":
      return `@check(${node.property.text}, ${printLiteral(node.pattern)})`;
    default:
      return unreachable(node);
  }
}

function printInterfaceHead({ name }: InterfaceNode): string {
  return `interface ${name.text}`;
}

function printNodeHead({ name, annotations, implements: interfaces }: NodeTypeNode): string {
  const clause = interfaces.length === 0 ? [] : [`implements ${names(interfaces)}`];
  return [`node ${name.text}`, ...annotations.map(printAnnotation), ...clause].join(" ");
}

function printEdgeHead({ name, from, to, cardinalities, annotations }: EdgeTypeNode): string {
  const marks = [...cardinalities.map(printCardinality), ...annotations.map(printAnnotation)];
  return [`edge ${name.text}: ${from.text} -> ${to.text}`, ...marks].join(" ");
}

export function printCardinality({ min, max }: CardinalityNode): string {
  return `@card(${min.value}..${max === null ? "" : max.value})`;
}

export function printAnnotation({ name, value, named }: AnnotationNode): string {
  if (value === null) return `@${name.text}`;
  const others = named.map((argument) => `${argument.name.text} = ${printArgument(argument.value)}`);
  return `@${name.text}(${[printArgument(value), ...others].join(", ")})`;
}

function printArgument(node: ArgumentNode): string {
  return node.kind === "name" ? node.text : printLiteral(node);
}

export function printType(node: TypeNode): string {
  const mark = node.nullable ? "?" : "";
  switch (node.kind) {
    case "scalar":
      return node.name.text + mark;
    case "list":
      return `[${printType(node.item)}]${mark}`;
    case "enum":
      return `enum(${names(node.values)})${mark}`;
    case "vector":
      return `Vector(${node.dimension.value})${mark}`;
    default:
      return unreachable(node);
  }
}

function printBound(node: NumberNode | null): string {
  return node === null ? "" : printLiteral(node);
}

function names(nodes: readonly NameNode[]): string {
  return nodes.map(({ text }) => text).join(", ");
}
