import type { Step } from "../plan/spec.ts";
import type { Operator } from "./batch.ts";

/** Is shown the operators of a pipeline as it is built, and may put others around them. */
export interface OperatorWatch {
  operator(step: Step, operator: Operator): Operator;
}
