import { PatternChecker } from "../../schema/resolve/pattern-checker.ts";
import type { Span } from "../../text/source.ts";
import { isConstant } from "../ir/expressions.ts";
import type { Expr } from "../ir/typed-query.ts";
import type { QueryContext } from "./scope.ts";

/** Whether the right side of `matches` can be a regular expression; else it is reported. A parameter is looked at when it is given. */
export function checkPattern(context: QueryContext, pattern: Expr, span: Span): boolean {
  if (!isConstant(pattern)) {
    context.error("Q-PATTERN", span, "the regular expression is another one for each row");
    return false;
  }
  const problem =
    pattern.kind === "literal" && typeof pattern.value === "string" ? patternProblem(pattern.value) : null;
  if (problem !== null) context.error("Q-PATTERN", span, problem);
  return problem === null;
}

/** Why a text is no usable regular expression, or null. */
export function patternProblem(pattern: string): string | null {
  return new PatternChecker().problem(pattern);
}
