import { type Formula, isJoined } from "../ir/formula.ts";
import { isLogic, isNegation, type Kinded } from "../syntax/logic.ts";
import type { Logical } from "../syntax/tree.ts";

/**
 * A condition with `not` pushed to what is not made of other conditions, and nested parts of one kind joined. `typeLeaf` answers such a one, or what is false of it; null after an
 * error, and then all of it is null.
 */
export function typeLogic<Leaf extends Kinded, Typed extends Kinded>(
  node: Logical<Leaf>,
  typeLeaf: (leaf: Leaf, negated: boolean) => Typed | null,
  negated = false,
): Formula<Typed> | null {
  if (isNegation(node)) return typeLogic(node.operand, typeLeaf, !negated);
  if (!isLogic(node)) return typeLeaf(node, negated);
  const parts = node.parts.map((part) => typeLogic(part, typeLeaf, negated));
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) return null;
  // What is false of all is false of one, and the other way round.
  const kind = (node.kind === "and") !== negated ? "and" : "or";
  return {
    kind,
    parts: known.flatMap((part) => (isJoined(part) && part.kind === kind ? part.parts : [part])),
  };
}
