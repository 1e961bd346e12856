import { type Expr, exprKey, isConstant } from "@omnigraph/language";
import type { GroupOutputs, GroupPart } from "../plan/outputs.ts";
import type { RunContext } from "../run/context.ts";
import { type Leaves, truthOf, valuesOf } from "../values/evaluate.ts";
import type { ValueAt } from "../values/value-at.ts";

/** The values of an expression by group, given those of keys and aggregates. Errors, where a value is read: `number_overflow`. */
export function groupValues(
  expr: Expr,
  outputs: GroupOutputs,
  context: RunContext,
  partAt: (part: GroupPart) => ValueAt,
): ValueAt {
  return valuesOf(expr, groupLeaves(outputs, context, partAt));
}

/** Whether a group is in the answer, given its keys and aggregates; null where all are. Errors, where it is asked: `number_overflow`. */
export function havingTest(
  outputs: GroupOutputs,
  context: RunContext,
  partAt: (part: GroupPart) => ValueAt,
): ((group: number) => boolean) | null {
  if (outputs.having === null) return null;
  const truth = truthOf(outputs.having, groupLeaves(outputs, context, partAt));
  return (group) => truth(group) === true;
}

function groupLeaves(
  { parts }: GroupOutputs,
  context: RunContext,
  partAt: (part: GroupPart) => ValueAt,
): Leaves {
  return (expr) => {
    if (isConstant(expr)) {
      const value = context.constant(expr);
      return () => value;
    }
    const part = parts.get(exprKey(expr));
    return part === undefined ? null : partAt(part);
  };
}
