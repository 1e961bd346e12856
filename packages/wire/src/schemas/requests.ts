import * as z from "zod";
import { OP } from "./changes.ts";
import { request, shape } from "./shape.ts";
import { ENTITY_KIND, JSON_OBJECT } from "./values.ts";
import { LOAD_MODE } from "./writes.ts";

// A member that is null is as good as one that is left out.

const BRANCH = z.string().nullish().describe("Default `main`.");
const NAME = z.string().nullish().describe("Which query of the source; not needed where it holds one.");
const PARAMS = JSON_OBJECT.nullish().describe(
  "Values of the parameters, by name; 64-bit integers also as decimal text.",
);
const SNAPSHOT = z
  .string()
  .nullish()
  .describe("Reads the graph as it was at this commit. Excludes `branch`.");

export const QUERY_REQUEST = request(
  "QueryRequestJson",
  "The body of `POST /query`.",
  {
    query: z.string().describe("Source of reads."),
    name: NAME,
    params: PARAMS,
    branch: BRANCH,
    snapshot: SNAPSHOT,
  },
  { query: "match { $p: Person } return { $p.name }" },
);

export const EXPLAIN_REQUEST = request(
  "ExplainRequestJson",
  "The body of `POST /explain`.",
  {
    query: z.string().describe("Source of reads or mutations."),
    name: NAME,
    params: PARAMS,
    branch: BRANCH,
    snapshot: SNAPSHOT,
    analyze: z
      .boolean()
      .nullish()
      .describe(
        "Runs it, and tells what each step came to. A mutation is evaluated as of the branch, and never written.",
      ),
  },
  { query: "match { $p: Person } return { $p.name }", analyze: true },
);

export const LEGACY_READ_REQUEST = request(
  "LegacyReadRequestJson",
  "The body of the deprecated `POST /read`.",
  {
    query_source: z.string().describe("Source of reads."),
    query_name: NAME,
    params: PARAMS,
    branch: BRANCH,
    snapshot: SNAPSHOT,
  },
  { query_source: "match { $p: Person } return { $p.name }" },
);

export const MUTATE_REQUEST = request(
  "MutateRequestJson",
  "The body of `POST /mutate`.",
  { query: z.string().describe("Source of mutations."), name: NAME, params: PARAMS, branch: BRANCH },
  { query: "query hire($n: String) { insert Person { name: $n } }", params: { n: "Dee" } },
);

export const LOAD_REQUEST = request(
  "LoadRequestJson",
  "The body of `POST /load`.",
  {
    data: z.string().describe("NDJSON: a node or an edge a line."),
    mode: LOAD_MODE.nullish(),
    branch: BRANCH,
    from: z
      .string()
      .nullish()
      .describe("Where the branch is missing, it is made there together with the commit."),
  },
  { data: '{"type":"Person","data":{"name":"Dee"}}\n', mode: "merge" },
);

export const BRANCH_CREATE_REQUEST = request(
  "BranchCreateRequestJson",
  "The body of `POST /branches`.",
  { name: z.string(), from: z.string().nullish().describe("What it begins at. Default `main`.") },
  { name: "draft" },
);

const SIDE = z.enum(["ours", "theirs"]);

export const MERGE_REQUEST = request(
  "MergeRequestJson",
  "The body of `POST /branches/merge`.",
  {
    source: z.string(),
    target: z.string().nullish().describe("The branch that receives. Default `main`."),
    delete_branch: z.boolean().nullish().describe("Deletes the source once it is merged."),
    dry_run: z.boolean().nullish().describe("Writes nothing: answers what the merge would do now."),
    strategy: SIDE.nullish().describe("Decides what is in conflict by this side, property by property."),
    strategy_entity: SIDE.nullish().describe(
      "Takes whole entities in conflict from this side. Excludes `strategy`.",
    ),
    resolutions: JSON_OBJECT.nullish().describe(
      "Decisions on single conflicts, as docs/merge/resolutions.schema.json has them.",
    ),
    message: z.string().nullish().describe("Why; stored in the commit."),
  },
  { source: "draft", delete_branch: true },
);

export const BASELINE_REQUEST = request(
  "BaselineRequestJson",
  "The body of `POST /changes/baseline`. The filter is that of the feed that goes on after it.",
  {
    branch: BRANCH,
    kind: z.array(ENTITY_KIND).exactOptional(),
    type: z.array(z.string()).exactOptional().describe("Names of types."),
    op: z.array(OP).exactOptional().describe("Counts for the feed alone."),
  },
  { type: ["Person"] },
);

export const EXPORT_REQUEST = shape(
  "ExportRequestJson",
  "The body of `POST /export`.",
  { branch: BRANCH, type_names: z.array(z.string()).exactOptional().describe("Default: all types.") },
  { type_names: ["Person"] },
);
