import { OmnigraphError, type Value } from "@omnigraph/base";
import { compilePattern, type Expr, patternProblem } from "@omnigraph/language";

/** The test of a regular expression, which is given by an expression. Of null nothing passes. Errors: `parameter_invalid`. */
export function patternTest(pattern: Value, given: Expr): (text: string) => boolean {
  if (typeof pattern !== "string") return () => false;
  const problem = patternProblem(pattern);
  if (problem === null) return compilePattern(pattern);
  const name = given.kind === "parameter" ? `$${given.name}` : "the right side of `matches`";
  const message = `${name} is no regular expression: ${problem}`;
  const details =
    given.kind === "parameter"
      ? { details: { parameters: [{ parameter: given.name, type: "String", problem }] } }
      : {};
  throw new OmnigraphError("parameter_invalid", message, details);
}
