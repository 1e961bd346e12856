import { unreachable } from "@omnigraph/base";
import type { EdgeType, EntityType, NodeType, Property } from "../../schema/catalog/catalog.ts";
import { ID_TYPE, type ValueType } from "../../types/value-types.ts";
import { exprType } from "../../types/expr-types.ts";
import { systemFieldFor } from "../ir/fields.ts";
import type { AssignedExpr, Assignment, Statement, ValueExpr } from "../ir/typed-query.ts";
import { describe, fitLiteral } from "../../types/literals.ts";
import { checkAssignable, type Given, isComputed, typeComputed } from "./assigned.ts";
import { literalRemedy } from "./remedies.ts";
import type { QueryContext } from "./scope.ts";
import { ENDS, namesIn, reportUnknownProperty, typeOpenValue, typeWhere } from "./where.ts";
import type {
  DeleteNode,
  EntryNode,
  InsertNode,
  MutationNode,
  UpdateNode,
  ValueNode,
} from "../syntax/tree.ts";
import type { NameNode } from "../../text/literal-tree.ts";

/** Types the statements of a mutation; null after errors, which are in the context. */
export function typeMutation(context: QueryContext, node: MutationNode): readonly Statement[] | null {
  const statements: Statement[] = [];
  for (const statement of node.statements) {
    const typed = typeStatement(context, statement);
    if (typed !== null) statements.push(typed);
  }
  return context.findings.length > 0 ? null : statements;
}

function typeStatement(context: QueryContext, node: MutationNode["statements"][number]): Statement | null {
  switch (node.kind) {
    case "insert":
    case "upsert":
      return typeInsert(context, node);
    case "update":
      return typeUpdate(context, node);
    case "delete":
      return typeDelete(context, node);
    default:
      return unreachable(node);
  }
}

/**
 * The type that a statement is about. A node and an edge type may share a name: then the statement is about the node,
 * unless it names an end that only the edge has.
 */
function findType(
  context: QueryContext,
  { text, span }: NameNode,
  used: readonly NameNode[],
): EntityType | null {
  const { nodes, edges, edgeByLowerName } = context.catalog;
  const node = nodes.get(text);
  const edge = edges.get(text) ?? edgeByLowerName.get(text.toLowerCase());
  const namesEnd = used.some(({ text: name }) => ENDS.has(name) && !node?.propertyByName.has(name));
  const found = node !== undefined && !(edge !== undefined && namesEnd) ? node : edge;
  if (found !== undefined) return found;
  const remedy = context.suggest(text, [...nodes.keys(), ...edges.keys()], "type");
  context.error("T10", span, `the schema has no type \`${text}\``, remedy);
  return null;
}

/** The entries of a statement by their targets; a later duplicate is reported and left out. */
interface Entries {
  readonly properties: readonly { readonly property: Property; readonly entry: EntryNode }[];
  /** The entries `from`, `to` and `id`, where the statement may have them. */
  readonly special: ReadonlyMap<string, EntryNode>;
}

function sortEntries(
  context: QueryContext,
  type: EntityType,
  entries: readonly EntryNode[],
  allowed: readonly string[],
): Entries {
  const properties: { property: Property; entry: EntryNode }[] = [];
  const special = new Map<string, EntryNode>();
  const seen = new Set<string>();
  for (const entry of entries) {
    const { text, span } = entry.name;
    const property = type.propertyByName.get(text);
    if (seen.has(text)) {
      context.error("T13", span, `\`${text}\` is assigned twice`);
      continue;
    }
    seen.add(text);
    if (allowed.includes(text)) special.set(text, entry);
    else if (property !== undefined) properties.push({ property, entry });
    else reportUnknownProperty(context, type, entry.name, allowed);
  }
  return { properties, special };
}

function typeInsert(context: QueryContext, node: InsertNode): Statement | null {
  const type = findType(
    context,
    node.type,
    node.entries.map(({ name }) => name),
  );
  if (type === null) return null;
  if (node.entries.length === 0) {
    context.error("T10", node.span, `the ${node.kind} of ${type.name} assigns nothing`);
    return null;
  }
  const upsert = node.kind === "upsert";
  if (upsert && type.key === null) {
    context.error("Q-UPSERT", node.type.span, `${type.name} has no key`);
    return null;
  }
  const allowed = [...(type.kind === "edge" ? ["from", "to"] : []), ...(type.key === null ? ["id"] : [])];
  const { properties, special } = sortEntries(context, type, node.entries, allowed);
  reportMissing(context, node, type, properties);
  const assignments = upsert
    ? typeUpserted(context, type, properties)
    : typeAssignments(context, null, properties);
  const idEntry = special.get("id");
  const id = idEntry === undefined ? null : typePlain(context, idEntry, ID_TYPE);
  if (type.kind === "node") return { kind: "insert_node", type, upsert, id, assignments };
  const from = special.get("from");
  const to = special.get("to");
  const fromValue = from === undefined ? null : typePlain(context, from, ID_TYPE);
  const toValue = to === undefined ? null : typePlain(context, to, ID_TYPE);
  if (fromValue === null || toValue === null) return null;
  return { kind: "insert_edge", type, upsert, id, from: fromValue, to: toValue, assignments };
}

/** By the properties of the key the entity is found, so they read nothing of it. */
function typeUpserted(
  context: QueryContext,
  type: EntityType,
  given: Entries["properties"],
): readonly Assignment[] {
  const isOfKey = ({ property }: Entries["properties"][number]): boolean =>
    type.key?.includes(property) === true;
  const others = given.filter((entry) => !isOfKey(entry));
  return [
    ...typeAssignments(context, null, given.filter(isOfKey)),
    ...typeAssignments(context, type, others),
  ];
}

/** T12: every required property without a default, and both ends of an edge, in one finding. */
function reportMissing(
  context: QueryContext,
  node: InsertNode,
  type: NodeType | EdgeType,
  given: Entries["properties"],
): void {
  const assigned = new Set(given.map(({ property }) => property.name));
  const written = new Set(node.entries.map(({ name }) => name.text));
  const missing = type.kind === "edge" ? ["from", "to"].filter((end) => !written.has(end)) : [];
  for (const { name, type: valueType, default: fallback } of type.properties) {
    if (!valueType.nullable && fallback === undefined && !assigned.has(name)) missing.push(name);
  }
  if (missing.length === 0) return;
  const names = missing.map((name) => `\`${name}\``).join(", ");
  const message = `the ${node.kind} of ${type.name} leaves out ${names}`;
  context.error("T12", node.type.span, message, `Assign ${names}.`);
}

function typeUpdate(context: QueryContext, node: UpdateNode): Statement | null {
  const type = findType(context, node.type, namesIn(node.where));
  if (type === null) return null;
  if (node.entries.length === 0)
    context.error("T10", node.span, `the update of ${type.name} assigns nothing`);
  const entries = type.kind === "edge" ? withoutEnds(context, type, node.entries) : node.entries;
  const { properties } = sortEntries(context, type, entries, []);
  const assignments = typeAssignments(context, type, properties);
  const where = typeWhere(context, type, node.where);
  return where === null ? null : { kind: "update", type, assignments, where };
}

/** The entries but for those that would make another edge of it: T16. */
function withoutEnds(
  context: QueryContext,
  type: EdgeType,
  entries: readonly EntryNode[],
): readonly EntryNode[] {
  return entries.filter(({ name: { text, span } }) => {
    if (type.propertyByName.has(text) || systemFieldFor(type, text) === null) return true;
    context.error("T16", span, `\`${text}\` of an edge cannot be updated`);
    return false;
  });
}

function typeDelete(context: QueryContext, node: DeleteNode): Statement | null {
  const type = findType(context, node.type, namesIn(node.where));
  const where = type === null ? null : typeWhere(context, type, node.where);
  return type === null || where === null ? null : { kind: "delete", type, where };
}

/** `read` is the type whose properties values may be computed of; null in an insert. */
function typeAssignments(
  context: QueryContext,
  read: EntityType | null,
  given: Entries["properties"],
): readonly Assignment[] {
  const assignments: Assignment[] = [];
  for (const { property, entry } of given) {
    const value = typeAssigned(context, read, entry, property.type);
    if (value !== null) assignments.push({ property, value });
  }
  return assignments;
}

/** The value of an entry, which may be computed, typed as its target. */
function typeAssigned(
  context: QueryContext,
  read: EntityType | null,
  { name, value }: EntryNode,
  type: ValueType,
): AssignedExpr | null {
  if (value.kind === "null") {
    if (type.nullable) return { kind: "literal", value: null, type: exprType(type) };
    context.error("T3", value.span, `\`${name.text}\` is required and cannot be null`, "Give it a value.");
    return null;
  }
  if (!isComputed(value)) return typeValue(context, { name, value }, type);
  const typed = typeComputed(context, read, value);
  return typed === null ? null : checkAssignable(context, { name, value }, typed, type);
}

/** The value of an entry that names an id or an end, which is not computed. */
function typePlain(context: QueryContext, { name, value }: EntryNode, type: ValueType): ValueExpr | null {
  if (value.kind !== "null" && !isComputed(value)) return typeValue(context, { name, value }, type);
  const message = `\`${name.text}\` is a literal or a parameter`;
  context.error("T3", value.span, message, "Compute it outside, and give it as a parameter.");
  return null;
}

function typeValue(
  context: QueryContext,
  { name, value }: Given<ValueNode>,
  type: ValueType,
): ValueExpr | null {
  if (value.kind === "now" || value.kind === "variable") {
    const typed = typeOpenValue(context, value, type);
    return typed === null ? null : checkAssignable(context, { name, value }, typed, type);
  }
  const result = fitLiteral(value, type);
  if (result.ok) return result.literal;
  context.error(
    "T3",
    value.span,
    `${describe(value)} cannot be assigned to \`${name.text}\`: ${result.reason}`,
    literalRemedy(value, type),
  );
  return null;
}
