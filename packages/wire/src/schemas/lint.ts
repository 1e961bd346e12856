import * as z from "zod";
import { PARAMETER_KINDS } from "../words.ts";
import { shape } from "./shape.ts";
import { COUNT, ENTITY_KIND } from "./values.ts";

const SEVERITY = z.enum(["error", "warning"]);
const STATUS = z.enum(["ok", "error"]);

const SPAN = shape("SpanJson", "A half-open range of a source, in UTF-16 units from its beginning.", {
  start: COUNT,
  end: COUNT,
});

export const DIAGNOSTIC = shape(
  "DiagnosticJson",
  "A finding about a source; docs/reference/diagnostics.md lists the codes.",
  {
    code: z.string(),
    severity: SEVERITY,
    message: z.string().describe("What is wrong, naming the thing."),
    remedy: z.string().describe("What to do about it."),
    file: z.string(),
    span: SPAN,
    line: COUNT.describe("One-based."),
    column: COUNT.describe("One-based, in code points."),
    excerpt: z.string().describe("The line with a marker under it."),
  },
  {
    code: "T1",
    severity: "error",
    message: "the schema has no type `Persn`",
    remedy: "Did you mean `Person`?",
    file: "team.gq",
    span: { start: 25, end: 30 },
    line: 2,
    column: 15,
    excerpt: "  2 |   match { $p: Persn }\n    |               ^^^^^",
  },
);

const KIND = z.enum([...PARAMETER_KINDS, "object"]);

const COLUMN = shape("ResultColumnJson", "A column of a query's answer.", {
  name: z.string(),
  kind: KIND.describe("`object` is a whole entity."),
  nullable: z.boolean(),
  item_kind: KIND.exactOptional().describe("Of a list."),
  vector_dim: COUNT.exactOptional().describe("Of a vector."),
});

const TYPE_USE = shape("TypeUseJson", "A type that a query reads or writes.", {
  kind: ENTITY_KIND,
  type_name: z.string(),
});

const OPERATION = shape("OperationJson", "What a query returns, and which types it reads and writes.", {
  result: z.array(COLUMN),
  reads: z.array(TYPE_USE).describe("Nodes before edges, each by name."),
  writes: z.array(TYPE_USE),
});

const RESULT = shape("LintResultJson", "What lint says of one query.", {
  name: z.string(),
  kind: z.enum(["read", "mutation"]),
  status: STATUS,
  error: z.string().exactOptional().describe("Of a query with errors: the first of them."),
  warnings: z.array(z.string()).exactOptional().describe("The messages of its warnings."),
  diagnostics: z.array(DIAGNOSTIC).exactOptional().describe("Its errors or warnings with their places."),
  operation: OPERATION.exactOptional().describe("Of a query without errors."),
});

const FINDING = shape("LintFindingJson", "A finding that belongs to no single query.", {
  severity: SEVERITY,
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  type_name: z.string().exactOptional(),
  property: z.string().exactOptional(),
  file: z.string().exactOptional(),
  line: COUNT.exactOptional(),
  column: COUNT.exactOptional(),
});

const SCHEMA_SOURCE = shape("SchemaSourceJson", "Where a schema was read.", {
  kind: z.enum(["file", "graph"]),
  path: z.string().describe("The file, `-` for standard input, or the address of the graph."),
});

export const LINT = shape(
  "LintJson",
  "The report of `lint`: an answer, whatever it found.",
  {
    status: STATUS,
    query_path: z.string(),
    queries_processed: COUNT,
    errors: COUNT,
    warnings: COUNT,
    infos: COUNT,
    results: z.array(RESULT).describe("One for each query."),
    findings: z.array(FINDING),
    schema_source: SCHEMA_SOURCE,
    schema_warnings: z
      .array(DIAGNOSTIC)
      .exactOptional()
      .describe("Near misses in a schema file; left out where there are none."),
  },
  {
    status: "ok",
    query_path: "team.gq",
    queries_processed: 1,
    errors: 0,
    warnings: 0,
    infos: 0,
    results: [
      {
        name: "people",
        kind: "read",
        status: "ok",
        operation: {
          result: [{ name: "name", kind: "string", nullable: false }],
          reads: [{ kind: "node", type_name: "Person" }],
          writes: [],
        },
      },
    ],
    findings: [],
    schema_source: { kind: "file", path: "schema.pg" },
  },
);
