import { type Environment, OmnigraphError, ulidFactory } from "@omnigraph/base";
import { Diagnostics } from "../text/diagnostics.ts";
import { integerValue } from "../types/literals.ts";
import type { NameNode } from "../text/literal-tree.ts";
import type { Diagnostic, Source } from "../text/source.ts";
import { resolveAnnotations } from "./resolve/annotations.ts";
import { assembleCatalog, indexProperties } from "./catalog/assemble.ts";
import type {
  Catalog,
  EdgeType,
  EntityType,
  InterfaceType,
  NodeType,
  Property,
  PropertyId,
  TypeId,
} from "./catalog/catalog.ts";
import { type Constraints, ConstraintResolver } from "./resolve/constraints.ts";
import { collectDeclarations, type Declared, findDeclared } from "./resolve/declared.ts";
import {
  expandInterfaces,
  type Member,
  resolveDefault,
  resolveProperties,
  resolveProperty,
  type TypedProperty,
} from "./resolve/members.ts";
import { parseSchema } from "./syntax/parse.ts";
import { PatternChecker } from "./resolve/pattern-checker.ts";
import { Report } from "./resolve/report.ts";
import { encodeParts, hashSchema } from "./catalog/stored.ts";
import type {
  BodyNode,
  EdgeTypeNode,
  MemberNode,
  NodeTypeNode,
  PropertyNode,
  SchemaFileNode,
} from "./syntax/tree.ts";

/** Most properties of all types together, interfaces expanded. */
const MAX_PROPERTIES = 100_000;

/** Makes the stable ids of types and properties; called in the order of declaration, first for a type and then for its properties. */
export interface Mint {
  typeId(kind: "node" | "edge", name: string): TypeId;
  propertyId(type: TypeId, name: string): PropertyId;
}

/** What was before a schema: the rows of former ones, and the ids that they used. */
export interface Former {
  /** What those rows hold of a property. */
  rowsOf(type: TypeId, property: Property): Pick<Property, "fill" | "widened">;
  /** The ids that are used no more, where these types are used. */
  retired(types: readonly EntityType[]): readonly string[];
}

/** Of a first schema. */
const NOTHING_BEFORE: Former = { rowsOf: () => ({}), retired: () => [] };

/** A mint of ULIDs. */
export function ulidMint(environment: Environment): Mint {
  const next = ulidFactory(environment);
  // Casts: ids get their brands here, where they are made.
  return { typeId: () => next() as TypeId, propertyId: () => next() as PropertyId };
}

/**
 * Compiles a .pg source.
 * Errors: `schema_invalid`, with every root cause in `details.diagnostics`.
 */
export function compileSchema(source: Source, mint: Mint, former: Former = NOTHING_BEFORE): Catalog {
  const diagnostics = new Diagnostics(source);
  const catalog = compile(source, mint, diagnostics, former);
  diagnostics.throwIfErrors("schema_invalid");
  if (catalog === null)
    throw new OmnigraphError("internal", "invariant broken: a schema without errors has no catalog");
  return catalog;
}

/** Checks a .pg source. The catalog has temporary ids that must not be stored; it is null when there are errors. */
export function checkSchema(source: Source): {
  readonly diagnostics: readonly Diagnostic[];
  readonly catalog: Catalog | null;
} {
  const diagnostics = new Diagnostics(source);
  let count = 0;
  const next = (): string => String(count++).padStart(26, "0");
  const catalog = compile(
    source,
    { typeId: () => next() as TypeId, propertyId: () => next() as PropertyId },
    diagnostics,
  );
  return { diagnostics: diagnostics.list(), catalog };
}

function compile(
  source: Source,
  mint: Mint,
  diagnostics: Diagnostics,
  former = NOTHING_BEFORE,
): Catalog | null {
  const file = parseSchema(source, diagnostics);
  if (file === null) return null;
  return new SchemaCompiler(file, mint, former, new Report(diagnostics)).compile(source.text);
}

/** Compiles one file in the order of its declarations; parts with errors are reported and left out. */
class SchemaCompiler {
  readonly #file: SchemaFileNode;
  readonly #mint: Mint;
  readonly #former: Former;
  readonly #report: Report;
  readonly #declared: Declared;
  readonly #patterns = new PatternChecker();
  readonly #interfaceProperties = new Map<string, ReadonlyMap<string, TypedProperty>>();
  readonly #nodes = new Map<string, NodeType>();
  readonly #edges: { readonly node: EdgeTypeNode; readonly base: EntityBase }[] = [];

  #properties = 0;

  constructor(file: SchemaFileNode, mint: Mint, former: Former, report: Report) {
    this.#file = file;
    this.#mint = mint;
    this.#former = former;
    this.#report = report;
    this.#declared = collectDeclarations(file, report);
  }

  compile(source: string): Catalog | null {
    for (const declaration of this.#file.declarations) {
      if (declaration.kind === "interface") this.#interface(declaration.name.text, declaration.body.members);
    }
    for (const declaration of this.#file.declarations) {
      if (declaration.kind === "node") this.#node(declaration);
      if (declaration.kind === "edge") this.#edge(declaration);
    }
    const linked = this.#edges.map(({ node, base }) => this.#linkEdge(node, base));
    if (this.#report.hasErrors) return null;
    const nodes = [...this.#nodes.values()];
    const edges = linked.filter((edge) => edge !== null);
    const retired = this.#former.retired([...nodes, ...edges]);
    const parts = { source, nodes, edges, interfaces: this.#interfaces(), retired };
    return assembleCatalog(parts, hashSchema(encodeParts(parts)));
  }

  #interface(name: string, nodes: readonly PropertyNode[]): void {
    const properties = resolveProperties(nodes, "interface", this.#report);
    if (!this.#interfaceProperties.has(name)) this.#interfaceProperties.set(name, properties);
    // Interfaces that no node implements are checked too, as far as that needs no other property.
    for (const { node, type } of properties.values()) {
      resolveAnnotations(node.annotations, "property", this.#report);
      if (type !== null) resolveDefault(node, type, this.#report);
    }
  }

  #node(node: NodeTypeNode): void {
    const own = resolveProperties(propertiesOf(node.body), "node", this.#report);
    const ofInterface = (name: string): ReadonlyMap<string, TypedProperty> =>
      this.#interfaceProperties.get(name) ?? new Map();
    const properties = this.#affordable(
      node.name,
      expandInterfaces(node, own, this.#declared, ofInterface, this.#report),
    );
    const { base, constraints } = this.#entity(node, properties);
    const type: NodeType = {
      ...base,
      kind: "node",
      ranges: constraints.ranges,
      checks: constraints.checks,
      implements: node.implements.map(({ text }) => text),
    };
    if (!this.#nodes.has(type.name)) this.#nodes.set(type.name, type);
  }

  /** The properties, or none where the schema has too many: interfaces multiply the declared ones. */
  #affordable(name: NameNode, properties: readonly TypedProperty[]): readonly TypedProperty[] {
    this.#properties += properties.length;
    if (this.#properties <= MAX_PROPERTIES) return properties;
    const message = `the types have more than ${MAX_PROPERTIES} properties together`;
    this.#report.error(
      "S-TOO-LARGE",
      name.span,
      message,
      "Implement fewer interfaces, or declare fewer properties.",
    );
    return [];
  }

  #edge(node: EdgeTypeNode): void {
    const properties = resolveProperties(propertiesOf(node.body), "edge", this.#report);
    const { base } = this.#entity(node, this.#affordable(node.name, [...properties.values()]));
    this.#edges.push({ node, base });
  }

  #entity(
    node: NodeTypeNode | EdgeTypeNode,
    properties: readonly TypedProperty[],
  ): { readonly base: EntityBase; readonly constraints: Constraints } {
    const id = this.#mint.typeId(node.kind, node.name.text);
    const members = new Map<string, Member>();
    for (const property of properties) {
      const name = property.node.name.text;
      members.set(name, { ...property, id: this.#mint.propertyId(id, name) });
    }
    const resolver = new ConstraintResolver(node.kind, members, this.#patterns, this.#report);
    const constraints = resolver.resolve(
      node.body?.members.filter((member) => member.kind !== "property") ?? [],
    );
    const resolved: Property[] = [];
    for (const member of members.values()) {
      if (member.type === null) resolveAnnotations(member.node.annotations, "property", this.#report);
      else {
        const indexed = constraints.indexed.has(member);
        const property = resolveProperty(member, member.type, indexed, members, this.#report);
        resolved.push({ ...property, ...this.#former.rowsOf(id, property) });
      }
    }
    const keyIds = constraints.key?.map((member) => member.id).toSorted();
    const lookups = indexProperties(resolved);
    const base: EntityBase = {
      id,
      name: node.name.text,
      ...lookups,
      key: keyIds?.flatMap((one) => lookups.propertyById.get(one) ?? []) ?? null,
      uniques: constraints.uniques,
      annotations: resolveAnnotations(node.annotations, node.kind, this.#report),
    };
    return { base, constraints };
  }

  #linkEdge(node: EdgeTypeNode, base: EntityBase): EdgeType | null {
    const cardinality = this.#cardinality(node);
    const from = findDeclared(this.#declared.nodes, node.from, "node type", this.#report);
    const to = findDeclared(this.#declared.nodes, node.to, "node type", this.#report);
    const source = from === null ? undefined : this.#nodes.get(from.name.text);
    const target = to === null ? undefined : this.#nodes.get(to.name.text);
    if (source === undefined || target === undefined) return null;
    return { ...base, kind: "edge", from: source, to: target, cardinality };
  }

  #cardinality({ cardinalities }: EdgeTypeNode): EdgeType["cardinality"] {
    const [only, second] = cardinalities;
    if (only === undefined) return { min: 0, max: null };
    if (second !== undefined) {
      this.#report.error("S-CARD", second.span, "the edge has a @card already", "Keep one of them.");
    }
    const min = integerValue(only.min.value);
    const max = only.max === null ? null : integerValue(only.max.value);
    if (typeof min === "bigint" || typeof max === "bigint") {
      this.#report.error("S-CARD", only.span, "the bounds are too large to count", "Leave the maximum out.");
    } else if (max === null || min <= max) return { min, max };
    else this.#report.error("S-CARD", only.span, `no number is in ${min}..${max}`, "Put the minimum first.");
    return { min: 0, max: null };
  }

  #interfaces(): readonly InterfaceType[] {
    const implementors = new Map<string, NodeType[]>();
    for (const type of this.#nodes.values()) {
      for (const name of type.implements) {
        const known = implementors.get(name);
        if (known === undefined) implementors.set(name, [type]);
        else known.push(type);
      }
    }
    return [...this.#interfaceProperties].map(([name, properties]) => ({
      name,
      properties: [...properties.values()].flatMap(({ node, type }) =>
        type === null ? [] : { name: node.name.text, type },
      ),
      implementors: implementors.get(name) ?? [],
    }));
  }
}

type EntityBase = Pick<
  EntityType,
  "id" | "name" | "properties" | "propertyByName" | "propertyById" | "key" | "uniques" | "annotations"
>;

function propertiesOf(body: BodyNode<MemberNode> | null): readonly PropertyNode[] {
  return body?.members.filter((member) => member.kind === "property") ?? [];
}
