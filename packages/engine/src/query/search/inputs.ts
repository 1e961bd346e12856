import { OmnigraphError } from "@omnigraph/base";
import { formatType, type SearchInput } from "@omnigraph/language";
import type { RunContext } from "../run/context.ts";

/** A whole number that a search is given; `otherwise` where it is given none. Errors: `parameter_invalid` where it is below `least`. */
export function wholeNumber(
  input: SearchInput | null,
  { least, otherwise }: { readonly least: number; readonly otherwise: number },
  context: RunContext,
): number {
  const value = input === null ? null : context.constant(input);
  if (input === null || value === null) return otherwise;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  const parameter = input.kind === "parameter" ? input.name : "";
  const type = formatType({ ...input.type, scalar: input.type.scalar ?? "I64", enumValues: null });
  const problem = `is ${String(value)}: give a whole number from ${least} to 2^53`;
  throw new OmnigraphError("parameter_invalid", `parameter $${parameter} (${type}) ${problem}`, {
    details: { parameters: [{ parameter, type, problem }] },
  });
}
