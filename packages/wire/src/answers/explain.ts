import type { ChangeCount } from "./merges.ts";
import type {
  EntityKind,
  PlanInputPart,
  PlanInputSource,
  PlanOperator,
  PlanPlace,
} from "../shapes.generated.ts";

/** Rows that a step gives, and the matches of the pattern that they stand for: more than rows where parts of the pattern are only counted. */
export interface PlanRows {
  /** Rows. */
  readonly rows: number;
  /** Matches of the pattern so far. */
  readonly matches: number;
}

/** What a step came to. */
export interface PlanActual extends PlanRows {
  /** Milliseconds in the step itself, without the steps that it takes rows from. */
  readonly milliseconds: number;
}

/** A step of a plan. Steps follow one another; each takes the rows of the one before it. */
export interface PlannedStep {
  /** What it does. */
  readonly operator: PlanOperator;
  /** What it works on, in the words of the query. */
  readonly text: string;
  /** Conditions, order and limit, in the words of the query. */
  readonly conditions: readonly string[];
  /** What it is expected to give; null for a condition, of which nothing is expected. */
  readonly estimate: PlanRows | null;
  /** What it gave, where the query was run; null for parts that are no operators of their own. */
  readonly actual: PlanActual | null;
  /** Steps within it: a pattern of its own, or parts that it only counts. */
  readonly steps: readonly PlannedStep[];
}

/** A structure that a plan reads: a column, the ids, the key table, or the adjacency of an edge type. */
export interface PlannedInput {
  /** Nodes or edges. */
  readonly kind: EntityKind;
  /** Name of the type. */
  readonly typeName: string;
  /** Which structure. */
  readonly part: PlanInputPart;
  /** Name of the property of a column; else null. */
  readonly property: string | null;
  /** Where it came from when the plan was made. */
  readonly source: PlanInputSource;
  /** Where it is now: in memory as a whole or by pages; null where it is not resident. */
  readonly place: PlanPlace | null;
  /** Bytes of memory that it takes now; those of pages are not counted. */
  readonly memoryBytes: number;
}

/** What a run took, in all; nothing is written. */
export interface PlanTotals {
  /** Rows of the answer, or entities that a mutation would touch. */
  readonly rows: number;
  /** Milliseconds from the call to the answer. */
  readonly milliseconds: number;
  /** The part of them before the first step began, while inputs were read. */
  readonly loadMilliseconds: number;
  /** Most bytes of rows under way at a time, beside the inputs; of a mutation those of the rows before and after it. */
  readonly memoryBytes: number;
  /** Bytes that were taken on disk for such rows. */
  readonly diskBytes: number;
}

/** How a query is run, and with `analyze` what each step came to. */
export interface ExplainAnswer {
  /** The query's name; `query` for text without one. */
  readonly queryName: string;
  /** Whether it reads, or changes the graph. */
  readonly kind: "read" | "mutation";
  /** The branch that the plan is for. */
  readonly branch: string;
  /** The commit asked for by `at`, else null. */
  readonly snapshot: string | null;
  /** The commit that the plan is for. */
  readonly commit: string;
  /** The steps in the order in which they run; the last one makes the answer, or checks what was changed. */
  readonly steps: readonly PlannedStep[];
  /** What the steps read. */
  readonly inputs: readonly PlannedInput[];
  /** What the run took; null without `analyze`. */
  readonly totals: PlanTotals | null;
  /** What a mutation that was evaluated would change, by type, nodes first; null for a read, and without `analyze`. */
  readonly touches: readonly ChangeCount[] | null;
  /** As for a query. */
  readonly warnings: readonly string[];
}
