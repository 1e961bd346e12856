import type { Value } from "@omnigraph/base";
import { fitLiteral } from "../../types/literals.ts";
import { didYouMean } from "../../text/suggest.ts";
import type { LiteralNode, NameNode } from "../../text/literal-tree.ts";
import type { Span } from "../../text/source.ts";
import { formatType, type ValueType } from "../../types/value-types.ts";
import { argumentText, resolveAnnotations } from "./annotations.ts";
import type { Property, PropertyId } from "../catalog/catalog.ts";
import { type Declared, findDeclared } from "./declared.ts";
import type { Report } from "./report.ts";
import type {
  AnnotationNode,
  ArgumentNode,
  DeclarationNode,
  NodeTypeNode,
  PropertyNode,
} from "../syntax/tree.ts";
import { resolveType, sameType } from "./types.ts";

const RESERVED: ReadonlySet<string> = new Set([
  "_rowid",
  "_rowaddr",
  "_rowoffset",
  "_row_created_at_version",
  "_row_last_updated_at_version",
  "id",
  "src",
  "dst",
]);

/** A property of a type before its constraints are known; `type` is null after an error in it. */
export interface Member {
  readonly id: PropertyId;
  readonly node: PropertyNode;
  readonly type: ValueType | null;
}

/** A declared property with the type that it resolves to. */
export interface TypedProperty {
  readonly node: PropertyNode;
  readonly type: ValueType | null;
}

/** The properties that a body declares, with checked names and resolved types; of duplicates the first. */
export function resolveProperties(
  nodes: readonly PropertyNode[],
  kind: DeclarationNode["kind"],
  report: Report,
): ReadonlyMap<string, TypedProperty> {
  const properties = new Map<string, TypedProperty>();
  for (const node of nodes) {
    const { text, span } = node.name;
    checkName(text, span, report);
    if (kind === "edge" && (text === "from" || text === "to")) {
      const message = `an edge cannot have a property ${text}: queries and loads call the id of an end so`;
      report.error("S-PROPERTY-END", span, message, `Choose another name, \`valid_${text}\` say.`);
    }
    const type = resolveType(node.type, report);
    if (properties.has(text)) {
      report.error("S-PROPERTY-TWICE", span, `the property ${text} is declared already`, "Keep one of them.");
    } else {
      properties.set(text, { node, type });
    }
  }
  return properties;
}

/** The properties of a node type in order: inherited ones that it does not declare again, then its own. */
export function expandInterfaces(
  declaration: NodeTypeNode,
  own: ReadonlyMap<string, TypedProperty>,
  declared: Declared,
  ofInterface: (name: string) => ReadonlyMap<string, TypedProperty>,
  report: Report,
): readonly TypedProperty[] {
  const inherited = new Map<string, TypedProperty>();
  const named = new Set<string>();
  for (const name of declaration.implements) {
    if (named.has(name.text)) {
      report.error("S-INTERFACE-REPEATED", name.span, `${name.text} is named twice`, "Name it once.");
      continue;
    }
    named.add(name.text);
    if (findDeclared(declared.interfaces, name, "interface", report) === null) continue;
    for (const [property, typed] of ofInterface(name.text)) {
      const other = own.get(property) ?? inherited.get(property);
      if (other === undefined) inherited.set(property, typed);
      else checkRepeat(name, typed, other, own.has(property), report);
    }
  }
  return [...inherited.values(), ...own.values()];
}

/** The property for the catalog, once its type and the constraints of the body are known. */
export function resolveProperty(
  member: Member,
  type: ValueType,
  indexed: boolean,
  siblings: ReadonlyMap<string, Member>,
  report: Report,
): Property {
  const { id, node } = member;
  return {
    id,
    name: node.name.text,
    type,
    default: resolveDefault(node, type, report),
    indexed,
    embed: resolveEmbed(node, type, siblings, report),
    annotations: resolveAnnotations(node.annotations, "property", report),
  };
}

/** The annotation of that name, if the property has it. */
export function annotationOf(node: PropertyNode, name: string): AnnotationNode | undefined {
  return node.annotations.find((annotation) => annotation.name.text === name);
}

/** The checked value of `@default`; undefined where there is none. */
export function resolveDefault(node: PropertyNode, type: ValueType, report: Report): Value | undefined {
  const annotation = annotationOf(node, "default");
  if (annotation === undefined || annotation.value === null) return undefined;
  const literal = asLiteral(annotation.value, type);
  const fitted = literal === null ? null : fitLiteral(literal, type);
  if (fitted?.ok === true) return fitted.literal.value;
  const problem = fitted === null ? `a bare name is no ${formatType(type)}` : fitted.reason;
  report.error(
    "S-DEFAULT",
    annotation.value.span,
    `the default of ${node.name.text} does not fit: ${problem}`,
    `Give a literal of type ${formatType({ ...type, nullable: false })}.`,
  );
  return undefined;
}

function resolveEmbed(
  node: PropertyNode,
  type: ValueType,
  siblings: ReadonlyMap<string, Member>,
  report: Report,
): Property["embed"] {
  const annotation = annotationOf(node, "embed");
  const name = argumentText(annotation?.value ?? null);
  if (annotation === undefined || name === null) return null;
  if (type.dimension === null) {
    const { span } = annotation;
    report.error("S-EMBED-TYPE", span, `${node.name.text} is no Vector`, "Embed into a Vector.");
    return null;
  }
  const source = siblings.get(name);
  // An unknown type of the source property is reported at that property.
  if (source !== undefined && source.type === null) return null;
  if (source?.type?.scalar !== "String" || source.type.list) {
    report.error(
      "S-EMBED-SOURCE",
      annotation.value?.span ?? annotation.span,
      source === undefined ? `there is no property ${name} to embed` : `${name} is no String`,
      () => didYouMean(name, report.candidates(namesOfStrings(siblings)), "String property"),
    );
    return null;
  }
  const model = annotation.named.find((argument) => argument.name.text === "model")?.value;
  return { source: source.id, model: model?.kind === "string" ? model.value : null };
}

function namesOfStrings(members: ReadonlyMap<string, Member>): readonly string[] {
  const strings = [...members].filter(([, { type }]) => type?.scalar === "String" && !type.list);
  return strings.map(([name]) => name);
}

/** An argument as a literal of the type: bare names are enum values, strings are dates where the type is one. */
function asLiteral(argument: ArgumentNode, type: ValueType): LiteralNode | null {
  if (argument.kind === "name") {
    return type.enumValues === null ? null : { kind: "string", value: argument.text, span: argument.span };
  }
  if (argument.kind !== "string") return argument;
  if (type.scalar === "Date") return { kind: "date", text: argument.value, span: argument.span };
  if (type.scalar === "DateTime") return { kind: "datetime", text: argument.value, span: argument.span };
  return argument;
}

function checkName(name: string, span: Span, report: Report): void {
  if (RESERVED.has(name)) {
    report.error(
      "S-PROPERTY-RESERVED",
      span,
      `the name ${name} is kept for the system`,
      "Choose another name.",
    );
  } else if (!/^[a-z_]/u.test(name)) {
    report.error(
      "S-PROPERTY-NAME",
      span,
      `the property name ${name} does not begin with a lower-case letter or an underscore`,
      `Write ${name.slice(0, 1).toLowerCase()}${name.slice(1)}.`,
    );
  }
}

function checkRepeat(
  interfaceName: NameNode,
  typed: TypedProperty,
  other: TypedProperty,
  own: boolean,
  report: Report,
): void {
  if (typed.type === null || other.type === null || sameType(typed.type, other.type)) return;
  const name = typed.node.name.text;
  const has = `${interfaceName.text} has it as ${formatType(typed.type)}`;
  report.error(
    "S-INTERFACE-CLASH",
    own ? other.node.type.span : interfaceName.span,
    `the property ${name} is ${formatType(other.type)} here, but ${has}`,
    own
      ? `Declare it as ${formatType(typed.type)}, or leave it to the interface.`
      : "Rename it in one of the interfaces.",
  );
}
