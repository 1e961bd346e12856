import { unreachable } from "@omnigraph/base";
import { leavesOf } from "./logic.ts";
import type {
  ClauseNode,
  AssignmentNode,
  ValueNode,
  ExprNode,
  MutationNode,
  QueryNode,
  ReadNode,
  ResultNode,
  SimpleNode,
  VariableNode,
} from "./tree.ts";

/** Every variable that a clause names, also in nested blocks. Not those in the braces of a binding: only parameters are allowed there. */
export function* mentionsOf(node: ClauseNode): Generator<VariableNode> {
  if (node.kind === "nested") for (const clause of node.clauses) yield* mentionsOf(clause);
  else yield* ownMentions(node);
}

/** The variables that a clause names itself, without those of a nested block. */
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

/** Every variable or parameter that the parts after `match` name. */
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
}

function* mentionsInMutation({ statements }: MutationNode): Generator<VariableNode> {
  for (const statement of statements) {
    if (statement.kind !== "delete") yield* mentionsInEntries(statement.entries);
    if (statement.kind === "insert") continue;
    for (const leaf of leavesOf(statement.where.condition))
      if (leaf.kind === "condition") yield* mentionsInValue(leaf.value);
  }
}

function* mentionsInBraces(node: ClauseNode): Generator<VariableNode> {
  if (node.kind === "binding") yield* mentionsInEntries(node.entries);
  if (node.kind === "nested") for (const clause of node.clauses) yield* mentionsInBraces(clause);
}

function* mentionsInEntries(entries: readonly AssignmentNode[]): Generator<VariableNode> {
  for (const { value } of entries) if (value.kind !== "null") yield* mentionsIn(value);
}

function* mentionsInValue(value: ValueNode): Generator<VariableNode> {
  if (value.kind === "variable") yield value;
}

function* mentionsIn(node: ExprNode): Generator<VariableNode> {
  if (node.kind === "variable") yield node;
  if (node.kind === "property") yield node.variable;
  for (const part of partsOf(node)) yield* mentionsIn(part);
}

/** What a value is made of directly. */
function partsOf(node: ExprNode): readonly ExprNode[] {
  if (node.kind === "call") return node.arguments;
  if (node.kind === "binary") return [node.left, node.right];
  return node.kind === "negative" ? [node.operand] : [];
}

function* mentionsInResult(node: ResultNode): Generator<VariableNode> {
  if (node.kind !== "outcome") yield* mentionsIn(node);
  else for (const leaf of leavesOf(node.condition)) yield* mentionsInSimple(leaf);
}

function* mentionsInSimple(node: SimpleNode): Generator<VariableNode> {
  if (node.kind !== "filter") yield* mentionsIn(node.operand);
  else {
    yield* mentionsIn(node.left);
    yield* mentionsIn(node.right);
  }
}
