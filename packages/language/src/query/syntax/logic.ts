import type { Logical, LogicNode, NegationNode } from "./tree.ts";

/** What conditions are told apart by. */
export interface Kinded {
  readonly kind: string;
}

export function isNegation<Leaf extends Kinded>(node: Logical<Leaf>): node is NegationNode<Leaf> {
  return node.kind === "negation";
}

export function isLogic<Leaf extends Kinded>(node: Logical<Leaf>): node is LogicNode<Leaf> {
  return node.kind === "and" || node.kind === "or";
}

/** What a condition is made of. */
export function leavesOf<Leaf extends Kinded>(node: Logical<Leaf>): readonly Leaf[] {
  if (isLogic(node)) return node.parts.flatMap((part) => leavesOf(part));
  return isNegation(node) ? leavesOf(node.operand) : [node];
}
