import * as z from "zod";
import { shape } from "./shape.ts";
import { COMMIT_KINDS } from "../words.ts";
import { COUNT } from "./values.ts";

export const EXAMPLE_COMMIT = {
  graph_commit_id: "01M84CRWS90000000000000010",
  graph_branch: null,
  graph_manifest_version: 3,
  parent_commit_id: "01M84CRWS90000000000000009",
  merged_parent_commit_id: null,
  actor_id: "ann",
  created_at: 1795407381074760,
  message: "Dee joins",
  kind: "mutation",
  depth: 3,
};

export const COMMIT_KIND = z
  .enum(COMMIT_KINDS)
  .meta({ id: "CommitKind", description: "What made a commit. Maintenance and recovery change no row." });

export const COMMIT = shape(
  "CommitJson",
  "A commit (`commit show`).",
  {
    graph_commit_id: z.string().describe("Its id, a ULID."),
    graph_branch: z.string().nullable().describe("The branch that it was made on; null for main."),
    graph_manifest_version: COUNT.describe("Its depth, under the name that the contract has for it."),
    parent_commit_id: z.string().nullable().describe("The commit before it; null for the first one."),
    merged_parent_commit_id: z.string().nullable().describe("Of a merge: the head of the source."),
    actor_id: z.string().nullable().describe("Its author."),
    created_at: COUNT.describe("Microseconds since the epoch, strictly growing along first parents."),
    message: z.string().nullable().describe("Why it was made."),
    kind: COMMIT_KIND,
    depth: COUNT.describe("Length of the chain of first parents."),
    recovered: z
      .literal(true)
      .exactOptional()
      .describe("Where another process published it, because its own was gone."),
  },
  EXAMPLE_COMMIT,
);

export const COMMIT_LIST = shape(
  "CommitListJson",
  "The commits of a branch, the newest first (`commit list`).",
  {
    commits: z.array(COMMIT),
    next_page_token: z
      .string()
      .exactOptional()
      .describe("Where a limit was asked for and more commits wait: how to go on."),
  },
  { commits: [EXAMPLE_COMMIT] },
);
