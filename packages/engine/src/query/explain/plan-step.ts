import type { AnswerOperator } from "../sinks/answer-operator.ts";

/** What a step of a plan does; docs/guide/explain.md describes each. */
type PlanOperator =
  | "guard"
  | "scan"
  | "look_up"
  | "cross"
  | "test"
  | "expand"
  | "close"
  | "filter"
  | "times"
  | "without"
  | "optional"
  | "subquery"
  | "rank"
  | "count"
  | "never"
  | AnswerOperator
  | "insert"
  | "upsert"
  | "update"
  | "delete"
  | "check";

/** Rows that a step gives, and the matches of the pattern that they stand for: more, where parts of it are only counted. */
export interface StepRows {
  readonly rows: number;
  readonly matches: number;
}

/** What a step came to in a run. */
export interface StepActual extends StepRows {
  /** Time in the step itself, without the steps that it takes rows from. */
  readonly milliseconds: number;
}

/** A step of a plan in words. Steps follow one another, each takes the rows of the one before it. */
export interface PlanStep {
  readonly operator: PlanOperator;
  /** What it works on. */
  readonly text: string;
  readonly conditions: readonly string[];
  /** Null for a condition, of which nothing is expected. */
  readonly estimate: StepRows | null;
  /** Null where nothing was run, and for parts that are no operators of their own. */
  readonly actual: StepActual | null;
  /** Steps within this one: a pattern of its own, or parts that it counts. */
  readonly steps: readonly PlanStep[];
}
