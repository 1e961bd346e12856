import { unreachable } from "@omnigraph/base";
import type { ClauseNode, ExprNode, VariableNode } from "./syntax.ts";

/** Every variable or parameter that a clause names, nested blocks included. */
export function* mentionsOf(node: ClauseNode): Generator<VariableNode> {
  switch (node.kind) {
    case "binding":
      yield node.variable;
      break;
    case "traversal":
      yield node.from;
      if (node.edgeVariable !== null) yield node.edgeVariable;
      yield node.to;
      break;
    case "filter":
      yield* mentionsIn(node.left);
      yield* mentionsIn(node.right);
      break;
    case "text":
      yield* mentionsIn(node.call);
      break;
    case "not":
      for (const clause of node.clauses) yield* mentionsOf(clause);
      break;
    default:
      unreachable(node);
  }
}

function* mentionsIn(node: ExprNode): Generator<VariableNode> {
  if (node.kind === "variable") yield node;
  if (node.kind === "property") yield node.variable;
  if (node.kind !== "call") return;
  for (const argument of node.arguments) yield* mentionsIn(argument);
}
