import type { VariableIndex } from "@omnigraph/language";
import type { RunContext } from "../run/context.ts";
import type { SlotTest } from "./predicate-test.ts";

/** Whether one of some variables is null in a row, where optional blocks have bound nothing; null where none of them can be. */
export function missingTest(variables: readonly VariableIndex[], context: RunContext): SlotTest | null {
  const optional = variables
    .filter((variable) => context.variable(variable).optional)
    .map((variable) => ({ variable, none: context.noneOf(variable) }));
  if (optional.length === 0) return null;
  return (slots, row) => optional.some(({ variable, none }) => slots[variable]![row] === none);
}
