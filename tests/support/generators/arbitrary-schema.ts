import type { ScalarName } from "@omnigraph/language";
import fc from "fast-check";
import type { LiteralNode, NameNode } from "../../../packages/language/src/text/literal-tree.ts";
import { printSchema } from "../../../packages/language/src/schema/format/format.ts";
import type {
  AnnotationNode,
  ArgumentNode,
  BodyNode,
  ConstraintNode,
  DeclarationNode,
  EdgeTypeNode,
  InterfaceNode,
  MemberNode,
  NodeTypeNode,
  NumberNode,
  PropertyNode,
  SchemaFileNode,
  TypeNode,
} from "../../../packages/language/src/schema/syntax/tree.ts";
import { SCALARS } from "../../../packages/language/src/types/value-types.ts";
import { chance, oneOf, type Pick } from "./arbitrary-values.ts";

/** How large a schema may be, and what it may hold. */
export interface SchemaOptions {
  /** Most node types, at least one; 3 unless told. */
  readonly nodes?: number;
  /** Most edge types; 4 unless told. */
  readonly edges?: number;
  /** Most properties of a type; 5 unless told. */
  readonly properties?: number;
  /** Whether there are blobs and vectors; true unless told. */
  readonly blobsAndVectors?: boolean;
  /** Whether there are @range, @check and @card; true unless told. */
  readonly limits?: boolean;
}

/** Nobody reads the places of a tree that no text was parsed for. */
const NOWHERE = { start: 0, end: 0 };

/** Words of both languages are good names too. */
const TYPE_NAMES = ["Person", "Node", "Edge", "String", "Vector", "A", "Match9", "T_x"];
const EDGE_NAMES = ["Knows", "Person", "Not", "Limit", "WorksAt", "E", "Order", "R_2"];
const PROPERTY_NAMES = [
  "name",
  "node",
  "limit",
  "enum",
  "_x",
  "aB9",
  "match",
  "from",
  "key",
  "type",
  "desc",
  "z",
];
const PLAIN = SCALARS.filter((scalar) => scalar !== "Blob");
const PATTERNS = ["^[a-z]+$", "[0-9]{2}", 'a|"b"', "\\d\\.\\d", "(?i)x"];

/** The source of a valid schema. */
export function schemaSource(pick: Pick, options: SchemaOptions = {}): string {
  return printSchema(schemaTree(pick, options));
}

/** A tree that compiles without findings: every construct of the language, in any combination that it allows. */
export function schemaTree(pick: Pick, options: SchemaOptions = {}): SchemaFileNode {
  const interfaces = Array.from({ length: pick(fc.nat, 2) }, (_, index) =>
    interfaceTree(pick, index, options),
  );
  const nodes = Array.from({ length: 1 + pick(fc.nat, (options.nodes ?? 3) - 1) }, (_, index) =>
    nodeTree(pick, TYPE_NAMES[index] ?? `Type${index}`, interfaces, options),
  );
  const edges = Array.from({ length: pick(fc.nat, options.edges ?? 4) }, (_, index) =>
    edgeTree(pick, EDGE_NAMES[index] ?? `Edge${index}`, nodes, options),
  );
  const declarations: DeclarationNode[] = [...edges, ...interfaces, ...nodes];
  // Declarations may come in any order.
  const turned = pick(fc.nat, declarations.length);
  return {
    kind: "file",
    declarations: [...declarations.slice(turned), ...declarations.slice(0, turned)],
    span: NOWHERE,
  };
}

export function nameNode(text: string): NameNode {
  return { text, span: NOWHERE };
}

export function bodyNode<Member>(members: readonly Member[]): BodyNode<Member> {
  return { kind: "body", open: NOWHERE, members, close: NOWHERE, span: NOWHERE };
}

function interfaceTree(pick: Pick, index: number, options: SchemaOptions): InterfaceNode {
  const properties = Array.from({ length: pick(fc.nat, 2) }, (_, at) =>
    propertyTree(pick, `of${index}_${at}`, options),
  );
  return {
    kind: "interface",
    name: nameNode(`Interface${index}`),
    body: bodyNode(properties),
    span: NOWHERE,
  };
}

function nodeTree(
  pick: Pick,
  name: string,
  interfaces: readonly InterfaceNode[],
  options: SchemaOptions,
): NodeTypeNode {
  const implemented = interfaces.filter(() => chance(pick, 2));
  const inherited = implemented.flatMap(({ body }) => body.members);
  const repeated = inherited
    .filter(() => chance(pick, 4))
    .map((property) => ({ ...property, annotations: [] }));
  const names = new Set(repeated.map((property) => property.name.text));
  const own = [...ownProperties(pick, options), ...repeated];
  const all = [...inherited.filter((property) => !names.has(property.name.text)), ...own];
  return {
    kind: "node",
    name: nameNode(name),
    annotations: typeAnnotations(pick),
    implements: implemented.map(({ name: { text } }) => nameNode(text)),
    body: bodyNode<MemberNode>([
      ...own.map((property) => withEmbed(pick, property, all)),
      ...keyOf(pick, all),
      ...tuples(pick, all, []),
      ...(options.limits === false ? [] : valueLimits(pick, all)),
    ]),
    span: NOWHERE,
  };
}

function edgeTree(
  pick: Pick,
  name: string,
  nodes: readonly NodeTypeNode[],
  options: SchemaOptions,
): EdgeTypeNode {
  // `from` would be an end.
  const properties = ownProperties(pick, options).filter((property) => property.name.text !== "from");
  const ends = oneOf(pick, [
    ["src", "dst"],
    ["@src", "@dst"],
  ]);
  const members = [...properties, ...edgeKeyOf(pick, properties), ...tuples(pick, properties, ends)];
  const min = pick(fc.nat, 2);
  const max = chance(pick, 2) ? null : integer(BigInt(min + pick(fc.nat, 2)));
  const bounded = options.limits !== false && chance(pick, 3);
  return {
    kind: "edge",
    name: nameNode(name),
    from: nameNode(oneOf(pick, nodes).name.text),
    to: nameNode(oneOf(pick, nodes).name.text),
    cardinalities: bounded ? [{ kind: "card", min: integer(BigInt(min)), max, span: NOWHERE }] : [],
    annotations: typeAnnotations(pick),
    body: members.length === 0 && chance(pick, 2) ? null : bodyNode<MemberNode>(members),
    span: NOWHERE,
  };
}

function ownProperties(pick: Pick, options: SchemaOptions): readonly PropertyNode[] {
  const length = pick(fc.nat, options.properties ?? 5);
  return Array.from({ length }, (_, at) => propertyTree(pick, PROPERTY_NAMES[at] ?? `p${at}`, options));
}

function propertyTree(pick: Pick, name: string, options: SchemaOptions): PropertyNode {
  const type = typeTree(pick, options.blobsAndVectors !== false);
  const annotations: AnnotationNode[] = [];
  if (chance(pick, 4) && !isBlob(type)) annotations.push(annotation("index", null));
  if (chance(pick, 6) && isPlain(type)) annotations.push(annotation("unique", null));
  if (chance(pick, 4) && !isBlob(type)) annotations.push(annotation("default", defaultOf(pick, type)));
  if (chance(pick, 8))
    annotations.push(annotation("description", text(oneOf(pick, ["", 'a "b"\n\\', "🙂"]))));
  if (chance(pick, 8)) annotations.push(unknownAnnotation(pick));
  return { kind: "property", name: nameNode(name), type, annotations, span: NOWHERE };
}

function typeTree(pick: Pick, blobsAndVectors: boolean): TypeNode {
  const nullable = chance(pick, 2);
  const scalar = (): TypeNode => ({
    kind: "scalar",
    name: nameNode(oneOf(pick, PLAIN)),
    nullable,
    span: NOWHERE,
  });
  switch (pick(fc.nat, blobsAndVectors ? 8 : 6)) {
    case 5:
      return { kind: "list", item: { ...scalar(), nullable: false }, nullable, span: NOWHERE };
    case 6:
      return { kind: "enum", values: ["a", "sci-fi", "9"].map(nameNode), nullable, span: NOWHERE };
    case 7:
      return { kind: "vector", dimension: integer(BigInt(1 + pick(fc.nat, 3))), nullable, span: NOWHERE };
    case 8:
      return { kind: "scalar", name: nameNode("Blob"), nullable, span: NOWHERE };
    default:
      return scalar();
  }
}

function typeAnnotations(pick: Pick): readonly AnnotationNode[] {
  const annotations: AnnotationNode[] = [];
  if (chance(pick, 6)) annotations.push(annotation("description", text("what it is for")));
  if (chance(pick, 8))
    annotations.push(annotation("rename_from", { kind: "name", text: "Old", span: NOWHERE }));
  if (chance(pick, 8)) annotations.push(unknownAnnotation(pick));
  return annotations;
}

function unknownAnnotation(pick: Pick): AnnotationNode {
  const value = oneOf<ArgumentNode | null>(pick, [
    null,
    text("red"),
    integer(-9007199254740993n),
    { kind: "float", value: -1.5, span: NOWHERE },
    { kind: "boolean", value: true, span: NOWHERE },
    { kind: "date", text: "2024-02-29", span: NOWHERE },
    { kind: "name", text: "sci-fi", span: NOWHERE },
    { kind: "list", items: [integer(1n), { kind: "list", items: [], span: NOWHERE }], span: NOWHERE },
  ]);
  const named = value === null ? [] : (["min", "__proto__"] as const).filter(() => chance(pick, 3));
  return {
    ...annotation("colour", value),
    named: named.map((name) => ({ kind: "named", name: nameNode(name), value: integer(3n), span: NOWHERE })),
  };
}

function withEmbed(pick: Pick, property: PropertyNode, siblings: readonly PropertyNode[]): PropertyNode {
  const sources = siblings.filter(({ type }) => type.kind === "enum" || isScalar(type, "String"));
  if (property.type.kind !== "vector" || sources.length === 0 || chance(pick, 2)) return property;
  const embed = annotation("embed", text(oneOf(pick, sources).name.text));
  const model = { kind: "named", name: nameNode("model"), value: text("m"), span: NOWHERE } as const;
  return {
    ...property,
    annotations: [...property.annotations, { ...embed, named: chance(pick, 2) ? [model] : [] }],
  };
}

function keyOf(pick: Pick, properties: readonly PropertyNode[]): readonly ConstraintNode[] {
  const candidates = properties.filter(({ type }) => isPlain(type) && !type.nullable);
  if (candidates.length === 0 || chance(pick, 3)) return [];
  const members = candidates.slice(0, 1 + pick(fc.nat, 1)).toReversed();
  return [{ kind: "key", members: members.map(({ name: { text: name } }) => nameNode(name)), span: NOWHERE }];
}

function edgeKeyOf(pick: Pick, properties: readonly PropertyNode[]): readonly ConstraintNode[] {
  if (!chance(pick, 3)) return [];
  const candidates = properties.filter(({ type }) => isPlain(type) && !type.nullable);
  const more = candidates.slice(0, pick(fc.nat, 1)).map(({ name }) => name.text);
  return [{ kind: "key", members: ["@src", "@dst", ...more].map(nameNode), span: NOWHERE }];
}

function tuples(
  pick: Pick,
  properties: readonly PropertyNode[],
  ends: readonly string[],
): readonly ConstraintNode[] {
  const plain = properties.filter(({ type }) => isPlain(type)).map(({ name }) => name.text);
  const names = [...ends, ...plain].filter(() => chance(pick, 2)).map(nameNode);
  if (names.length === 0 || chance(pick, 2)) return [];
  return [{ kind: chance(pick, 4) ? "index" : "unique", members: names, span: NOWHERE }];
}

function valueLimits(pick: Pick, properties: readonly PropertyNode[]): readonly ConstraintNode[] {
  return properties.flatMap(({ name: { text: name }, type }): readonly ConstraintNode[] => {
    if (!chance(pick, 4)) return [];
    const property = nameNode(name);
    if (isScalar(type, "String")) {
      const pattern = { kind: "string", value: oneOf(pick, PATTERNS), span: NOWHERE } as const;
      return [{ kind: "check", property, pattern, span: NOWHERE }];
    }
    const numeric = (["I32", "I64", "U32", "U64", "F32", "F64"] as const).some((scalar) =>
      isScalar(type, scalar),
    );
    if (!numeric) return [];
    const min = oneOf<NumberNode | null>(pick, [
      null,
      integer(-1n),
      integer(0n),
      { kind: "float", value: -0.5, span: NOWHERE },
    ]);
    const max = oneOf<NumberNode | null>(pick, [
      null,
      integer(1000n),
      { kind: "float", value: 2.5, span: NOWHERE },
    ]);
    return [{ kind: "range", property, min, max, span: NOWHERE }];
  });
}

function defaultOf(pick: Pick, type: TypeNode): ArgumentNode {
  switch (type.kind) {
    case "list": {
      const items = type.item.kind === "scalar" ? [scalarDefault(pick, type.item.name.text)] : [];
      return { kind: "list", items, span: NOWHERE };
    }
    case "vector": {
      const items = Array.from({ length: Number(type.dimension.value) }, () => scalarDefault(pick, "F32"));
      return { kind: "list", items, span: NOWHERE };
    }
    case "enum":
      return chance(pick, 2) ? { kind: "name", text: "sci-fi", span: NOWHERE } : text("9");
    case "scalar":
      return scalarDefault(pick, type.name.text);
  }
}

function scalarDefault(pick: Pick, scalar: string): LiteralNode {
  switch (scalar) {
    case "String":
      return text(oneOf(pick, ["", "x", 'q"\\\n']));
    case "Bool":
      return { kind: "boolean", value: chance(pick, 2), span: NOWHERE };
    case "F32":
    case "F64":
      return { kind: "float", value: oneOf(pick, [0, -0, 0.1, -1.5e21, 1e-7]), span: NOWHERE };
    case "Date":
      return { kind: "date", text: "2024-02-29", span: NOWHERE };
    case "DateTime":
      return { kind: "datetime", text: "2024-02-29T12:00:00.5+01:00", span: NOWHERE };
    case "I64":
      return integer(oneOf(pick, [-9223372036854775808n, 0n, 9007199254740993n]));
    case "U64":
      return integer(oneOf(pick, [0n, 18446744073709551615n]));
    default:
      return integer(oneOf(pick, [0n, 7n, 2147483647n]));
  }
}

function annotation(name: string, value: ArgumentNode | null): AnnotationNode {
  return { kind: "annotation", name: nameNode(name), value, named: [], span: NOWHERE };
}

function text(value: string): Extract<LiteralNode, { kind: "string" }> {
  return { kind: "string", value, span: NOWHERE };
}

function integer(value: bigint): Extract<NumberNode, { kind: "integer" }> {
  return { kind: "integer", value, span: NOWHERE };
}

function isScalar(type: TypeNode, scalar: ScalarName): boolean {
  return type.kind === "scalar" && type.name.text === scalar;
}

function isBlob(type: TypeNode): boolean {
  return isScalar(type, "Blob");
}

/** Neither list, vector nor blob. */
function isPlain(type: TypeNode): boolean {
  return type.kind === "enum" || (type.kind === "scalar" && !isBlob(type));
}
