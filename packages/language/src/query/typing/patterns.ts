import { unreachable } from "@omnigraph/base";
import type { Property } from "../../schema/catalog/catalog.ts";
import { exprType, scalarType } from "../../types/expr-types.ts";
import { isConstant } from "../ir/expressions.ts";
import { isComputed } from "./assigned.ts";
import { fieldExpr, typeExpr } from "./expressions.ts";
import type { Clause, Expr } from "../ir/typed-query.ts";
import { describe, fitLiteral } from "../../types/literals.ts";
import { mentionsOf } from "../syntax/mentions.ts";
import { declarePath } from "./paths.ts";
import { resolveOperator } from "./operators.ts";
import { comparison, typePredicate } from "./predicates.ts";
import { comparisonRemedy, literalRemedy } from "./remedies.ts";
import { ANONYMOUS, type Binding, type QueryContext, Scope } from "./scope.ts";
import type {
  BindingNode,
  ClauseNode,
  EntryNode,
  ExistenceNode,
  ExprNode,
  NestedNode,
  OptionalNode,
  PredicateNode,
  TraversalNode,
} from "../syntax/tree.ts";
import { findEdges } from "./followed-edges.ts";
import type { Subqueries } from "./site.ts";
import { SubqueryTyper } from "./subqueries.ts";
import { type BoundTraversal, directTraversals } from "./traversals.ts";

const WORD_OPERATORS = ["contains", "starts_with", "ends_with", "matches", "in", "and", "or"] as const;

const TRUE = { kind: "literal", value: true, type: scalarType("Bool") } as const;

/** The clauses of a block, to which the subqueries of its expressions are added. */
interface TypedPattern {
  readonly clauses: readonly Clause[];
  readonly subqueries: Subqueries;
}

/** A typed block: its clauses, and the names that it binds. */
interface TypedBlock extends TypedPattern {
  readonly scope: Scope;
}

/** Types the clauses of one block. Those with errors are reported and left out. */
export function typeBlock(
  context: QueryContext,
  nodes: readonly ClauseNode[],
  parent: Scope | null,
): TypedBlock {
  const scope = new Scope(parent);
  return { ...typePattern(context, nodes, scope, false), scope };
}

/**
 * First all names, then their types, then the conditions, so that the order of clauses in the source has no meaning; but an optional block sees only the names of those before
 * it. Its own are names of the block around it.
 */
function typePattern(
  context: QueryContext,
  nodes: readonly ClauseNode[],
  scope: Scope,
  optional: boolean,
): TypedPattern {
  const written = nodes.flatMap((node) => conjunctsOf(resolveOperatorEdge(context, node)));
  const block = declare(context, written, scope, optional);
  typeBindings(context, block.bindings);
  const traversals = directTraversals(context, block.traversals);
  const clauses: Clause[] = [];
  const subqueries = new SubqueryTyper({ context, scope, clauses }, (inner) =>
    typeBlock(context, inner, scope),
  );
  const site = { context, scope, place: "filter", subqueries } as const;
  for (const binding of block.nodes) {
    if (binding.type?.kind === "node")
      clauses.push({ kind: "bind", variable: binding.index, type: binding.type });
  }
  for (const node of written)
    if (isOptional(node)) clauses.push(...typeOptional(context, node, scope, optional));
  for (const node of written) {
    switch (node.kind) {
      case "binding":
        clauses.push(...typeEntries(context, node, block.bindings.get(node), scope));
        break;
      case "traversal": {
        const clause = traversals.get(node);
        if (clause !== undefined && clause !== null) clauses.push(clause);
        break;
      }
      case "filter":
      case "null_test":
      case "truth":
      case "and":
      case "or":
      case "negation": {
        const predicate = typePredicate(site, node);
        if (predicate?.kind === "and") clauses.push(...predicate.parts);
        else if (predicate !== null) clauses.push(predicate);
        break;
      }
      case "text": {
        const search = typeExpr(site, node.call);
        if (search !== null) clauses.push(comparison(search, "=", TRUE));
        break;
      }
      case "nested":
        if (!isOptional(node)) clauses.push(typeNested(context, node, scope));
        break;
      default:
        unreachable(node);
    }
  }
  return { clauses, subqueries };
}

/** What `and` joins in a block are clauses of their own. */
function conjunctsOf(node: ClauseNode): readonly ClauseNode[] {
  return node.kind === "and" ? node.parts.flatMap((part: PredicateNode) => conjunctsOf(part)) : [node];
}

/** `$a contains $b` is a traversal where an edge of that name exists, or where the name is quoted; else the operator. */
function resolveOperatorEdge(context: QueryContext, node: ClauseNode): ClauseNode {
  if (node.kind !== "traversal") return node;
  const { from, edges, edgeVariable, hops, path, undirected, to, span } = node;
  if (edgeVariable !== null || hops !== null || path !== null || undirected || edges.kind === "any")
    return node;
  const [name, ...others] = edges.names;
  const operator = WORD_OPERATORS.find((word) => word === name?.text);
  if (operator === undefined || name?.quoted === true || others.length > 0) return node;
  if (context.catalog.edgeByLowerName.has(operator)) return node;
  if (operator === "and" || operator === "or") {
    const parts = [from, to].map((operand) => ({ kind: "truth", operand, span: operand.span }) as const);
    return { kind: operator, parts, span };
  }
  return { kind: "filter", left: from, operator, right: to, span };
}

interface Declared {
  readonly bindings: Map<BindingNode, Binding>;
  readonly traversals: readonly BoundTraversal[];
  /** The node variables that this block binds. */
  readonly nodes: readonly Binding[];
}

function declare(
  context: QueryContext,
  nodes: readonly ClauseNode[],
  scope: Scope,
  optional: boolean,
): Declared {
  const bindings = new Map<BindingNode, Binding>();
  const traversals: BoundTraversal[] = [];
  const own: Binding[] = [];
  const nodeVariable = (node: BindingNode["variable"]): Binding => {
    const known = node.text === ANONYMOUS ? undefined : scope.find(node.text);
    if (known === undefined) {
      const binding = context.bind(scope, node, "node", optional);
      own.push(binding);
      return binding;
    }
    if (known.kind === "edge") {
      context.error("T23", node.span, `\`$${node.text}\` is bound to an edge and cannot be a node`);
    } else if (known.kind === "path") {
      context.error("Q-PATH", node.span, `\`$${node.text}\` names a path and cannot be a node`);
    }
    return known;
  };
  for (const node of nodes) {
    if (node.kind === "binding") bindings.set(node, nodeVariable(node.variable));
    if (node.kind !== "traversal") continue;
    const left = nodeVariable(node.from);
    const edgeBinding = declareEdge(context, node, scope, optional);
    const path = declarePath(context, node, scope, optional);
    const right = nodeVariable(node.to);
    traversals.push({ node, left, right, edgeBinding, path, edges: findEdges(context, node) });
  }
  return { bindings, traversals, nodes: own };
}

function declareEdge(
  context: QueryContext,
  node: TraversalNode,
  scope: Scope,
  optional: boolean,
): Binding | null {
  const { edgeVariable } = node;
  if (edgeVariable === null) return null;
  if (edgeVariable.text !== ANONYMOUS && scope.find(edgeVariable.text) !== undefined) {
    context.error(
      "T23",
      edgeVariable.span,
      `\`$${edgeVariable.text}\` is bound already and cannot name an edge`,
    );
    return null;
  }
  return context.bind(scope, edgeVariable, "edge", optional);
}

function typeBindings(context: QueryContext, bindings: ReadonlyMap<BindingNode, Binding>): void {
  for (const [{ variable, type }, binding] of bindings) {
    const node = context.catalog.nodes.get(type.text);
    if (node === undefined) {
      context.error("T1", type.span, ...unknownType(context, type.text));
      binding.broken = true;
    } else if (binding.kind !== "node") {
      continue;
    } else if (binding.type === null) {
      binding.type = node;
    } else if (binding.type !== node) {
      const message = `\`$${variable.text}\` is a ${binding.type.name} already and cannot be a ${node.name} too`;
      context.error("Q-REBOUND", type.span, message);
    }
  }
}

function unknownType(context: QueryContext, name: string): [message: string, remedy: string] {
  const { catalog } = context;
  if (catalog.interfaces.has(name)) {
    const implementors = catalog.interfaces.get(name)?.implementors.map((node) => node.name) ?? [];
    return [
      `\`${name}\` is an interface, not a node type`,
      `Bind a type that implements it: ${implementors.join(", ")}.`,
    ];
  }
  if (catalog.edges.has(name)) {
    return [`\`${name}\` is an edge type, not a node type`, "Bind edges in a traversal: `$a $w:edge $b`."];
  }
  const remedy = context.suggest(name, catalog.nodes.keys(), "node type");
  return [`the schema has no node type \`${name}\``, remedy];
}

function typeEntries(
  context: QueryContext,
  node: BindingNode,
  binding: Binding | undefined,
  scope: Scope,
): readonly Clause[] {
  if (binding === undefined || binding.type === null || binding.kind !== "node") return [];
  const type = context.catalog.nodes.get(node.type.text);
  if (type !== binding.type) return [];
  const clauses: Clause[] = [];
  for (const entry of node.entries) {
    const property = type.propertyByName.get(entry.name.text);
    if (property === undefined) {
      const remedy = context.suggest(entry.name.text, type.propertyByName.keys(), "property");
      context.error("T2", entry.name.span, `${type.name} has no property \`${entry.name.text}\``, remedy);
      continue;
    }
    const clause = typeEntry(
      context,
      entry,
      fieldExpr(binding.index, { kind: "property", property }),
      property,
      scope,
    );
    if (clause !== null) clauses.push(clause);
  }
  return clauses;
}

/** `prop: value` in a binding: equality, or membership of a list property. */
function typeEntry(
  context: QueryContext,
  entry: EntryNode,
  left: Expr,
  property: Property,
  scope: Scope,
): Clause | null {
  const { type } = property;
  if (type.scalar === "Blob" || type.dimension !== null) {
    const what = type.dimension === null ? "a blob" : "a vector";
    context.error("T3", entry.span, `\`${property.name}\` is ${what} and cannot be matched`);
    return null;
  }
  const right = typeEntryValue(context, entry, property, scope);
  if (right === null) return null;
  const result = resolveOperator(left.type, type.list ? "contains" : "=", right.type);
  if (result.ok) return comparison(left, result.operator, right);
  const remedy = comparisonRemedy(left, type.list ? "contains" : "=", right);
  context.error("T7", entry.value.span, `\`${property.name}\`: ${result.reason}`, remedy);
  return null;
}

function typeEntryValue(
  context: QueryContext,
  entry: EntryNode,
  property: Property,
  scope: Scope,
): Expr | null {
  const { value } = entry;
  if (value.kind === "null") {
    context.error(
      "T7",
      value.span,
      "null equals nothing",
      `Write \`$x.${property.name} is null\` as a clause.`,
    );
    return null;
  }
  if (value.kind === "now") return { kind: "now", type: scalarType("DateTime") };
  if (isComputed(value)) return typeComputedEntry(context, value, scope);
  const matched = { ...property.type, list: false, nullable: false };
  if (value.kind === "variable") {
    const parameter = context.useParameter(value, scope, { ...matched, enumValues: null });
    return parameter && { kind: "parameter", name: parameter.name, type: exprType(parameter.type) };
  }
  const result = fitLiteral(value, matched);
  if (result.ok) return result.literal;
  const wanted = property.type.list ? `an item of \`${property.name}\`` : `\`${property.name}\``;
  context.error(
    "T3",
    value.span,
    `${describe(value)} cannot be matched with ${wanted}: ${result.reason}`,
    literalRemedy(value, matched),
  );
  return null;
}

/** A value in braces is computed of literals and parameters. */
function typeComputedEntry(context: QueryContext, node: ExprNode, scope: Scope): Expr | null {
  const site = { context, scope, place: "filter", subqueries: null, nested: true } as const;
  const typed = typeExpr(site, node);
  if (typed === null || isConstant(typed)) return typed;
  const message = "a value in braces is the same one for all rows";
  context.error("T7", node.span, message, "Compare in a clause of its own: `$x.p = $y.q`.");
  return null;
}

function isOptional(node: ClauseNode): node is OptionalNode {
  return node.kind === "nested" && node.keyword === "optional";
}

function typeOptional(
  context: QueryContext,
  node: OptionalNode,
  scope: Scope,
  isNested: boolean,
): readonly Clause[] {
  if (isNested || scope.parent !== null) {
    context.error("Q-OPTIONAL", node.span, "`optional` stands within another block");
    return [];
  }
  checkMentions(context, node, scope);
  return [{ kind: "optional", clauses: typePattern(context, node.clauses, scope, true).clauses }];
}

function checkMentions(context: QueryContext, node: NestedNode, outer: Scope): void {
  if ([...mentionsOf(node)].some(({ text }) => outer.find(text) !== undefined)) return;
  context.error("T9", node.span, `\`${node.keyword}\` mentions no variable of the block around it`);
}

/** Something exists unless nothing does: a block around the block. */
function typeNested(context: QueryContext, node: ExistenceNode, outer: Scope): Clause {
  checkMentions(context, node, outer);
  if (node.keyword !== "exists")
    return { kind: "not", clauses: typeBlock(context, node.clauses, outer).clauses };
  const { clauses } = typeBlock(context, node.clauses, new Scope(outer));
  return { kind: "not", clauses: [{ kind: "not", clauses }] };
}
