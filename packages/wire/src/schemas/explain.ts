import * as z from "zod";
import type { PlanStepJson } from "../shapes.generated.ts";
import { CHANGE_COUNT } from "./changes.ts";
import { TARGET, WARNINGS } from "./reads.ts";
import { shape } from "./shape.ts";
import { COUNT, ENTITY_KIND } from "./values.ts";

const NUMBER = z.number().min(0);

const OPERATOR = z
  .enum([
    "guard",
    "scan",
    "look_up",
    "cross",
    "test",
    "expand",
    "close",
    "filter",
    "times",
    "without",
    "optional",
    "subquery",
    "rank",
    "count",
    "never",
    "collect",
    "top",
    "sort",
    "group",
    "insert",
    "upsert",
    "update",
    "delete",
    "check",
  ])
  .meta({
    id: "PlanOperator",
    description:
      "What a step does; [the guide](../guide/explain.md#steps) describes each. `collect`, `top`, `sort` and `group` make the answer, the last four are of mutations; `count` and `never` are parts of the step that they stand in.",
  });

const ROWS = {
  rows: NUMBER,
  matches: NUMBER.describe(
    "Matches of the pattern that the rows stand for: more than rows where parts of the pattern are only counted.",
  ),
};

const ESTIMATE = shape(
  "PlanRowsJson",
  "What a step is expected to give; [the guide](../guide/explain.md#estimates) has the formulas.",
  ROWS,
);

const ACTUAL = shape("PlanActualJson", "What a step gave in a run.", {
  ...ROWS,
  milliseconds: NUMBER.describe("In the step itself, without the steps that it takes rows from."),
});

const STEP = shape("PlanStepJson", "A step of a plan: it takes the rows of the one before it.", {
  operator: OPERATOR,
  text: z.string().describe("What it works on, in the words of the query."),
  conditions: z.array(z.string()).describe("Conditions, order and limit, in the words of the query."),
  estimated: ESTIMATE.nullable().describe("Null for a condition, of which nothing is expected."),
  actual: ACTUAL.nullable().describe(
    "Null where nothing was run, and for parts that are no operators of their own.",
  ),
  get steps(): z.ZodType<readonly PlanStepJson[]> {
    return z.array(STEP).describe("Steps within it: a pattern of its own, or parts that it only counts.");
  },
});

const INPUT_PART = z.enum(["column", "terms", "ids", "keys", "out", "in", "ends"]).meta({
  id: "PlanInputPart",
  description:
    "A structure of a type: the column of a property, the terms of a text that is searched, the ids, the key table, the edges that leave each node (`out`) or lead to it (`in`), the ends of each edge.",
});

const SOURCE = z.enum(["memory", "pages", "store", "index"]).meta({
  id: "PlanInputSource",
  description:
    "Where a structure comes from: it is in memory as a whole, or read by pages; it is read from the store first; or the one row that is wanted is found by an index in the store, and nothing stays in memory.",
});

const PLACE = z.enum(["memory", "pages"]).meta({
  id: "PlanPlace",
  description: "How a structure is resident: in memory as a whole, or read by pages from disk.",
});

const INPUT = shape("PlanInputJson", "A structure that a plan reads.", {
  entity_kind: ENTITY_KIND,
  type_name: z.string(),
  part: INPUT_PART,
  property: z.string().nullable().describe("Of a column, and of terms."),
  source: SOURCE.describe("When the plan was made."),
  place: PLACE.nullable().describe("Now, after the run if there was one; null where it is not resident."),
  memory_bytes: COUNT.describe("That it takes now; those of pages are not counted."),
});

const TOTALS = shape("PlanTotalsJson", "What a run took, in all.", {
  rows: COUNT.describe("Rows of the answer, or entities that a mutation would touch."),
  milliseconds: NUMBER.describe("From the call to the answer."),
  load_milliseconds: NUMBER.describe("The part of them before the first step began, while inputs were read."),
  memory_bytes: COUNT.describe(
    "Most bytes of rows under way at a time, beside the inputs; of a mutation those of the rows before and after it.",
  ),
  disk_bytes: COUNT.describe("Bytes that were taken on disk for such rows."),
});

export const EXPLAIN = shape(
  "ExplainJson",
  "How a read or a mutation is run (`explain`), and with `--analyze` what each step came to. A mutation is evaluated and never written.",
  {
    query_name: z.string(),
    kind: z.enum(["read", "mutation"]).describe("Whether it reads, or changes the graph."),
    target: TARGET,
    graph_commit_id: z.string().describe("The commit that the plan is for."),
    steps: z
      .array(STEP)
      .describe("In the order in which they run; the last one makes the answer, or checks what was changed."),
    inputs: z.array(INPUT).describe("What the steps read."),
    totals: TOTALS.nullable().describe("Null where nothing was run."),
    touches: z
      .array(CHANGE_COUNT)
      .nullable()
      .describe(
        "What a mutation that was evaluated would change, by type; null for a read, and where nothing was run. Nothing is written.",
      ),
    warnings: WARNINGS,
  },
  {
    query_name: "query",
    kind: "read",
    target: { branch: "main", snapshot: null },
    graph_commit_id: "01M84CRWS90000000000000010",
    steps: [
      {
        operator: "scan",
        text: "$p: Person",
        conditions: [],
        estimated: { rows: 4, matches: 4 },
        actual: { rows: 4, matches: 4, milliseconds: 0.01 },
        steps: [],
      },
      {
        operator: "collect",
        text: "$p.name",
        conditions: ["limit 3"],
        estimated: { rows: 3, matches: 3 },
        actual: { rows: 3, matches: 3, milliseconds: 0.01 },
        steps: [],
      },
    ],
    inputs: [
      {
        entity_kind: "node",
        type_name: "Person",
        part: "column",
        property: "name",
        source: "store",
        place: "memory",
        memory_bytes: 48,
      },
    ],
    totals: { rows: 3, milliseconds: 1.2, load_milliseconds: 1.1, memory_bytes: 64, disk_bytes: 0 },
    touches: null,
  },
);
