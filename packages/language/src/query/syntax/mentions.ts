import { unreachable } from "@omnigraph/base";
import { leavesOf } from "./logic.ts";
import type {
  ClauseNode,
  EntryNode,
  ExistenceNode,
  ExprNode,
  MutationNode,
  QueryNode,
  ReadNode,
  ResultNode,
  SimpleNode,
  VariableNode,
} from "./tree.ts";

/** A block within a clause or a value, and the values that are aggregated over its matches. */
export interface NestedBlock {
  readonly aggregated: readonly ExprNode[];
  readonly clauses: readonly ClauseNode[];
}

/** Every variable that a clause names, also in nested blocks. Not those in the braces of a binding: only parameters are allowed there. */
export function* mentionsOf(node: ClauseNode): Generator<VariableNode> {
  yield* ownMentions(node);
  for (const block of blocksOf(node)) yield* mentionsInBlock(block);
}

/** Every variable that a block names, also in blocks within it. */
export function* mentionsInBlock({ aggregated, clauses }: NestedBlock): Generator<VariableNode> {
  for (const value of aggregated) {
    yield* mentionsIn(value);
    for (const block of blocksIn(value)) yield* mentionsInBlock(block);
  }
  for (const clause of clauses) yield* mentionsOf(clause);
}

/** The variables that the values of a block name which are aggregated, without those of blocks within these. */
export function* mentionsInAggregated({ aggregated }: NestedBlock): Generator<VariableNode> {
  for (const value of aggregated) yield* mentionsIn(value);
}

/** The blocks that a clause has directly: its own, and those in its values. */
export function* blocksOf(node: ClauseNode): Generator<NestedBlock> {
  switch (node.kind) {
    case "nested":
      yield { aggregated: [], clauses: node.clauses };
      break;
    case "filter":
    case "null_test":
    case "truth":
    case "negation":
    case "and":
    case "or":
      for (const leaf of leavesOf(node)) yield* blocksInSimple(leaf);
      break;
    case "text":
      yield* blocksIn(node.call);
      break;
    case "binding":
    case "traversal":
      break;
    default:
      unreachable(node);
  }
}

/** The blocks that the parts after `match` have directly in their values. */
export function* blocksAfterMatch({ columns, having, order }: ReadNode): Generator<NestedBlock> {
  for (const condition of having) yield* blocksOf(condition);
  for (const { expr } of [...columns, ...order]) {
    if (expr.kind !== "outcome") yield* blocksIn(expr);
    else for (const leaf of leavesOf(expr.condition)) yield* blocksInSimple(leaf);
  }
}

/** The blocks that the values of a block have which are aggregated. */
export function* blocksInAggregated({ aggregated }: NestedBlock): Generator<NestedBlock> {
  for (const value of aggregated) yield* blocksIn(value);
}

function* blocksInSimple(node: SimpleNode): Generator<NestedBlock> {
  if (node.kind === "nested") yield { aggregated: [], clauses: node.clauses };
  else for (const value of valuesOf(node)) yield* blocksIn(value);
}

function* blocksIn(node: ExprNode): Generator<NestedBlock> {
  if (node.kind === "call" && node.block !== null) yield { aggregated: node.arguments, clauses: node.block };
  else for (const part of partsOf(node)) yield* blocksIn(part);
}

/** The variables that a clause names itself, without those of nested blocks. */
export function* ownMentions(node: ClauseNode): Generator<VariableNode> {
  switch (node.kind) {
    case "binding":
      yield node.variable;
      break;
    case "traversal":
      yield node.from;
      if (node.edgeVariable !== null) yield node.edgeVariable;
      if (node.path !== null) yield node.path;
      yield node.to;
      break;
    case "filter":
    case "null_test":
    case "truth":
    case "negation":
    case "and":
    case "or":
      for (const leaf of leavesOf(node)) yield* mentionsInSimple(leaf);
      break;
    case "text":
      yield* mentionsIn(node.call);
      break;
    case "nested":
      break;
    default:
      unreachable(node);
  }
}

/** Every variable or parameter that the parts after `match` name, without those of blocks. */
export function* mentionsAfterMatch({
  columns,
  having,
  order,
  limit,
  offset,
}: ReadNode): Generator<VariableNode> {
  for (const condition of having) yield* ownMentions(condition);
  for (const { expr } of [...columns, ...order]) yield* mentionsInResult(expr);
  for (const count of [limit, offset]) if (count?.kind === "variable") yield count;
}

/** Every variable or parameter that a query names outside its head. */
export function* mentionsInBody({ body }: QueryNode): Generator<VariableNode> {
  if (body.kind === "mutation") {
    yield* mentionsInMutation(body);
    return;
  }
  for (const clause of body.clauses) {
    yield* mentionsOf(clause);
    yield* mentionsInBraces(clause);
  }
  yield* mentionsAfterMatch(body);
  for (const block of blocksAfterMatch(body)) {
    yield* mentionsInBlock(block);
    yield* mentionsInBracesOf(block);
  }
}

function* mentionsInMutation({ statements }: MutationNode): Generator<VariableNode> {
  for (const statement of statements) {
    if (statement.kind !== "delete") yield* mentionsInEntries(statement.entries);
    if (!("where" in statement)) continue;
    for (const leaf of leavesOf(statement.where.condition))
      if (leaf.kind === "condition") yield* mentionsIn(leaf.value);
  }
}

function* mentionsInBraces(node: ClauseNode): Generator<VariableNode> {
  if (node.kind === "binding") yield* mentionsInEntries(node.entries);
  for (const block of blocksOf(node)) yield* mentionsInBracesOf(block);
}

function* mentionsInBracesOf(block: NestedBlock): Generator<VariableNode> {
  for (const clause of block.clauses) yield* mentionsInBraces(clause);
  for (const within of blocksInAggregated(block)) yield* mentionsInBracesOf(within);
}

function* mentionsInEntries(entries: readonly EntryNode[]): Generator<VariableNode> {
  for (const { value } of entries) if (value.kind !== "null") yield* mentionsIn(value);
}

function* mentionsIn(node: ExprNode): Generator<VariableNode> {
  if (node.kind === "variable") yield node;
  if (node.kind === "property") yield node.variable;
  for (const part of partsOf(node)) yield* mentionsIn(part);
}

/** What a value is made of directly; of what is aggregated over a block nothing, as that has its own names. */
function partsOf(node: ExprNode): readonly ExprNode[] {
  if (node.kind === "call") return node.block === null ? node.arguments : [];
  if (node.kind === "binary") return [node.left, node.right];
  return node.kind === "negative" ? [node.operand] : [];
}

function* mentionsInResult(node: ResultNode): Generator<VariableNode> {
  if (node.kind !== "outcome") yield* mentionsIn(node);
  else for (const leaf of leavesOf(node.condition)) yield* mentionsInSimple(leaf);
}

function* mentionsInSimple(node: SimpleNode): Generator<VariableNode> {
  if (node.kind === "nested") return;
  for (const value of valuesOf(node)) yield* mentionsIn(value);
}

/** The values that a condition compares or tests. */
function valuesOf(node: Exclude<SimpleNode, ExistenceNode>): readonly ExprNode[] {
  return node.kind === "filter" ? [node.left, node.right] : [node.operand];
}
