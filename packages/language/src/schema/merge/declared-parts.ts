import { OmnigraphError, writeJson } from "@omnigraph/base";
import { Diagnostics } from "../../text/diagnostics.ts";
import type { Catalog, EntityType, PropertyId, TypeId } from "../catalog/catalog.ts";
import { printAnnotation, printCardinality, printMember, printType } from "../format/print.ts";
import { parseSchema } from "../syntax/parse.ts";
import type {
  AnnotationNode,
  ConstraintNode,
  EdgeTypeNode,
  NodeTypeNode,
  PropertyNode,
} from "../syntax/tree.ts";

/**
 * What a type is declared to be, part by part, each as text by its name: `name`, `ends`, `card`, `implements Named`, `@description`, and of the property with
 * id P `property P`, `property P name`, `property P type`, `property P @default`, `property P fill`; constraints are named by the ids of their members. Types are named by their
 * ids too, so a rename is one part that differs.
 */
export type Parts = ReadonlyMap<string, string>;

/** The declarations of a schema. */
export interface DeclaredParts {
  readonly types: ReadonlyMap<TypeId, Parts>;
  /** The text of each interface by its name. */
  readonly interfaces: ReadonlyMap<string, string>;
}

/** Annotations that tell of a past rename. */
const PAST = "rename_from";

/** The parts of the declarations of a catalog, by the source that it was compiled from. */
export function partsOf(catalog: Catalog): DeclaredParts {
  const diagnostics = new Diagnostics({ file: "schema.pg", text: catalog.source });
  const file = parseSchema({ file: "schema.pg", text: catalog.source }, diagnostics);
  if (file === null) throw new OmnigraphError("internal", "invariant broken: an accepted schema is refused");
  const types = new Map<TypeId, Parts>();
  const interfaces = new Map<string, string>();
  for (const declaration of file.declarations) {
    const { text } = declaration.name;
    if (declaration.kind === "interface") {
      const members = declaration.body.members.map((member) => `  ${printMember(member)}\n`);
      interfaces.set(text, `interface ${text} {\n${members.join("")}}\n`);
      continue;
    }
    const type = declaration.kind === "node" ? catalog.nodes.get(text) : catalog.edges.get(text);
    if (type === undefined)
      throw new OmnigraphError("internal", `invariant broken: ${text} is in no catalog`);
    types.set(type.id, partsOfType(declaration, type));
  }
  return { types, interfaces };
}

function partsOfType(node: NodeTypeNode | EdgeTypeNode, type: EntityType): Parts {
  const parts = new Map<string, string>([["name", type.name]]);
  if (type.kind === "edge") parts.set("ends", `${type.from.id} ${type.to.id}`);
  if (node.kind === "edge")
    for (const cardinality of node.cardinalities) parts.set("card", printCardinality(cardinality));
  if (node.kind === "node") for (const { text } of node.implements) parts.set(`implements ${text}`, text);
  addAnnotations(parts, "", node.annotations);
  const idOf = (name: string): string => type.propertyByName.get(name)?.id ?? name;
  for (const member of node.body?.members ?? []) {
    if (member.kind === "property") addProperty(parts, member, type);
    else addConstraint(parts, member, idOf);
  }
  return parts;
}

function addProperty(parts: Map<string, string>, node: PropertyNode, type: EntityType): void {
  const property = type.propertyByName.get(node.name.text);
  if (property === undefined) return;
  const key = propertyKey(property.id);
  parts.set(key, property.id);
  parts.set(`${key} name`, property.name);
  parts.set(`${key} type`, printType(node.type));
  if (property.fill !== undefined) parts.set(`${key} fill`, writeJson(property.fill));
  addAnnotations(parts, `${key} `, node.annotations);
}

function addAnnotations(
  parts: Map<string, string>,
  prefix: string,
  annotations: readonly AnnotationNode[],
): void {
  for (const annotation of annotations)
    if (annotation.name.text !== PAST)
      parts.set(`${prefix}@${annotation.name.text}`, printAnnotation(annotation));
}

function addConstraint(
  parts: Map<string, string>,
  node: ConstraintNode,
  idOf: (name: string) => string,
): void {
  switch (node.kind) {
    case "range": {
      const [, bounds] = printMember(node).split(", ");
      parts.set(`range ${idOf(node.property.text)}`, bounds?.slice(0, -1) ?? "");
      return;
    }
    case "check": {
      const text = printMember(node);
      const pattern = text.slice(text.indexOf(", ") + 2, -1);
      parts.set(`check ${idOf(node.property.text)} ${pattern}`, pattern);
      return;
    }
    case "key":
    case "unique":
    case "index": {
      const ids = node.members.map(({ text }) => idOf(text));
      parts.set(`${node.kind} ${ids.toSorted().join(" ")}`, ids.join(" "));
    }
  }
}

/** The part that says that a property is there. */
export function propertyKey(id: PropertyId | string): string {
  return `property ${id}`;
}

/** Whether a part is about a property: it declares it, or is a constraint that it is a member of. */
export function concerns(key: string, property: string): boolean {
  if (key.startsWith("@") || key.startsWith("implements ")) return false;
  const [, ...words] = key.split(" ");
  return key.startsWith("check ") || key.startsWith("property ")
    ? words[0] === property
    : words.includes(property);
}
