import { didYouMean } from "../../text/suggest.ts";
import type { NameNode } from "../../text/literal-tree.ts";
import type { Report } from "./report.ts";
import type { EdgeTypeNode, InterfaceNode, NodeTypeNode, SchemaFileNode } from "../syntax/tree.ts";

/** The declarations of a file by name; of duplicates the first. */
export interface Declared {
  readonly interfaces: ReadonlyMap<string, InterfaceNode>;
  readonly nodes: ReadonlyMap<string, NodeTypeNode>;
  /** By lower-case name. */
  readonly edges: ReadonlyMap<string, EdgeTypeNode>;
}

/** Sorts the declarations by kind and checks their names. */
export function collectDeclarations(file: SchemaFileNode, report: Report): Declared {
  const interfaces = new Map<string, InterfaceNode>();
  const nodes = new Map<string, NodeTypeNode>();
  const edges = new Map<string, EdgeTypeNode>();
  for (const declaration of file.declarations) {
    const { name } = declaration;
    if (!/^[A-Z]/u.test(name.text)) {
      const proposal = name.text.replace(/^_*./u, (first) => first.slice(-1).toUpperCase());
      report.error(
        "S-TYPE-NAME",
        name.span,
        `the ${declaration.kind} name ${name.text} does not begin with an upper-case letter`,
        `Write ${proposal}.`,
      );
    }
    switch (declaration.kind) {
      case "interface":
        declareOnce(interfaces, nodes, name, declaration, report);
        break;
      case "node":
        declareOnce(nodes, interfaces, name, declaration, report);
        break;
      case "edge":
        declareEdge(edges, declaration, report);
        break;
    }
  }
  return { interfaces, nodes, edges };
}

/** The declaration of a name; a name without one is reported as unknown. */
export function findDeclared<Node>(
  declared: ReadonlyMap<string, Node>,
  name: NameNode,
  what: "node type" | "interface",
  report: Report,
): Node | null {
  const found = declared.get(name.text);
  if (found !== undefined) return found;
  report.error(
    what === "interface" ? "S-INTERFACE-UNKNOWN" : "S-ENDPOINT-UNKNOWN",
    name.span,
    `there is no ${what} ${name.text}`,
    () => didYouMean(name.text, report.candidates(declared.keys()), what),
  );
  return null;
}

function declareOnce<Own>(
  own: Map<string, Own>,
  others: ReadonlyMap<string, unknown>,
  name: NameNode,
  declaration: Own,
  report: Report,
): void {
  if (own.has(name.text) || others.has(name.text)) {
    report.error(
      "S-TYPE-TWICE",
      name.span,
      `the name ${name.text} is declared already`,
      "Rename one of them, or take it out.",
    );
  }
  if (!own.has(name.text)) own.set(name.text, declaration);
}

function declareEdge(edges: Map<string, EdgeTypeNode>, edge: EdgeTypeNode, report: Report): void {
  const key = edge.name.text.toLowerCase();
  const first = edges.get(key);
  if (first === undefined) {
    edges.set(key, edge);
    return;
  }
  report.error(
    "S-EDGE-TWICE",
    edge.name.span,
    `the edge ${first.name.text} is declared already, and edge names are matched without case`,
    "Rename one of them.",
  );
}
