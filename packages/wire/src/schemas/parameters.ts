import * as z from "zod";
import { OP } from "./changes.ts";
import { request, shape } from "./shape.ts";
import { ENTITY_KIND } from "./values.ts";
import { LOAD_MODE } from "./writes.ts";

// Parameters behind a path. Those that may stand several times are lists, numbers are numbers: whoever reads them makes them so first.

const BRANCH = z.string().exactOptional().describe("Default `main`.");

export const BRANCH_PARAMETERS = request(
  "BranchParametersJson",
  "The parameters of `GET /snapshot`.",
  { branch: BRANCH },
  { branch: "draft" },
);

export const SCHEMA_PARAMETERS = request(
  "SchemaParametersJson",
  "The parameters of `GET /schema`.",
  {
    branch: BRANCH,
    snapshot: z
      .string()
      .exactOptional()
      .describe("Shows the schema that this commit has. Excludes `branch`."),
  },
  { branch: "draft" },
);

export const COMMIT_LIST_PARAMETERS = request(
  "CommitListParametersJson",
  "The parameters of `GET /commits`.",
  {
    branch: BRANCH,
    limit: z.int().min(1).exactOptional().describe("Most commits to answer. Default: all."),
    page_token: z.string().exactOptional().describe("Goes on where an earlier page ended."),
  },
  { branch: "draft", limit: 100 },
);

export const LOAD_PARAMETERS = request(
  "LoadParametersJson",
  "The parameters of `POST /load/ndjson`.",
  {
    branch: BRANCH,
    from: z.string().exactOptional().describe("Where the branch is missing, it is made there."),
    mode: LOAD_MODE.exactOptional().describe("Default `merge`."),
  },
  { mode: "append", branch: "import", from: "main" },
);

const FILTER = {
  kind: z.array(ENTITY_KIND).exactOptional(),
  type: z.array(z.string()).exactOptional().describe("Names of types."),
  op: z.array(OP).exactOptional(),
};

const LIMIT = z.int().min(1).exactOptional().describe("Most changes of a page.");
const START = z
  .string()
  .regex(/^(?:now|beginning|after:.+)$/)
  .exactOptional()
  .describe("Where it begins: `now`, which is the default, `beginning`, or `after:` and a commit.");
const PAGE = z.string().exactOptional().describe("Goes on inside what an earlier page did not end.");

export const CHANGES_PARAMETERS = shape(
  "ChangesParametersJson",
  "The parameters of `GET /changes`.",
  {
    branch: BRANCH,
    cursor: z.string().exactOptional().describe("Goes on after an earlier page."),
    start: START,
    page_token: PAGE,
    limit: LIMIT,
    ...FILTER,
  },
  { start: "beginning", type: ["Person"] },
);

export const DIFF_PARAMETERS = shape(
  "DiffParametersJson",
  "The parameters of `GET /branches/{branch}/diff/{other}`.",
  {
    since_base: z
      .boolean()
      .exactOptional()
      .describe("Compares with the newest common ancestor: what the other one changed since."),
    stat: z.boolean().exactOptional().describe("Only how many entities of each type differ."),
    ...FILTER,
  },
  { since_base: true, type: ["Person"] },
);

export const CHANGE_STREAM_PARAMETERS = shape(
  "ChangeStreamParametersJson",
  "The parameters of `GET /changes/stream`, which begins anywhere else where the header `Last-Event-ID` says so.",
  {
    branch: BRANCH,
    start: START,
    limit: LIMIT,
    ...FILTER,
  },
  { start: "beginning", type: ["Person"] },
);

export const WRITE_PARAMETERS = shape(
  "WriteParametersJson",
  "The parameters of `GET /writes/{key}`.",
  { branch: BRANCH.describe("What the write was to write. Default `main`.") },
  { branch: "draft" },
);

export const COMMIT_CHANGES_PARAMETERS = shape(
  "CommitChangesParametersJson",
  "The parameters of `GET /commits/{id}/changes`.",
  { page_token: PAGE, limit: LIMIT, ...FILTER },
  { kind: ["edge"], limit: 100 },
);
