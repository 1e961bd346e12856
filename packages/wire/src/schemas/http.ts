import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { ERROR } from "./errors.ts";
import { CONFLICT, MERGE } from "./merges.ts";
import { SCHEMA_APPLY } from "./migrations.ts";
import { shape } from "./shape.ts";
import { EXAMPLE_LOADED, LOADED, MUTATION } from "./writes.ts";

// Answers over HTTP have the members of the contract and no others: its clients compare them. The command says more.

const { kind: _kind, depth: _depth, ...COMMIT_MEMBERS } = COMMIT.shape;
const { kind: _exampleKind, depth: _exampleDepth, ...EXAMPLE_HTTP_COMMIT } = EXAMPLE_COMMIT;

export const HTTP_COMMIT = shape(
  "HttpCommitJson",
  "A commit over HTTP (`GET /commits/{id}`).",
  COMMIT_MEMBERS,
  EXAMPLE_HTTP_COMMIT,
);

export const HTTP_COMMIT_LIST = shape(
  "HttpCommitListJson",
  "The commits of a branch over HTTP, the newest first (`GET /commits`).",
  {
    commits: z.array(HTTP_COMMIT),
    next_page_token: z
      .string()
      .exactOptional()
      .describe("Where a limit was asked for and more commits wait: how to go on."),
  },
  { commits: [EXAMPLE_HTTP_COMMIT] },
);

export const HTTP_MUTATION = shape(
  "HttpMutationJson",
  "The answer of a mutation over HTTP (`POST /mutate`).",
  { ...MUTATION.shape, commit: HTTP_COMMIT.nullable().describe("Null when no row was touched.") },
  {
    branch: "main",
    query_name: "hire",
    affected_nodes: 1,
    affected_edges: 1,
    actor_id: "ann",
    commit: EXAMPLE_HTTP_COMMIT,
  },
);

const ASKED = {
  actor_id: z.string().nullable().describe("Who wrote."),
  base_branch: z.string().nullable().describe("What `from` named, also where the branch was there already."),
};

const EXAMPLE_LOAD = { ...EXAMPLE_LOADED, commit: EXAMPLE_HTTP_COMMIT, actor_id: "ann", base_branch: null };

export const INGEST = shape(
  "IngestJson",
  "The answer of a load over HTTP whose data stand in a JSON text (`POST /load`).",
  { uri: z.string().describe("Path of the graph on the server."), ...LOADED, ...ASKED, commit: HTTP_COMMIT },
  { uri: "/graphs/team", ...EXAMPLE_LOAD },
);

export const BATCH_LOAD = shape(
  "BatchLoadJson",
  "The answer of a load over HTTP whose data are the body (`POST /load/ndjson`), which names no address.",
  { ...LOADED, ...ASKED, commit: HTTP_COMMIT },
  EXAMPLE_LOAD,
);

const { commit: _merged, resolved: _resolved, ...MERGE_MEMBERS } = MERGE.shape;

export const HTTP_MERGE = shape(
  "HttpMergeJson",
  "The answer of a merge over HTTP (`POST /branches/merge`).",
  MERGE_MEMBERS,
  { source: "draft", target: "main", outcome: "merged", actor_id: "ann", branch_deleted: true },
);

const { branch: _branch, actor_id: _actor, commit: _applied, ...SCHEMA_APPLY_MEMBERS } = SCHEMA_APPLY.shape;

export const HTTP_SCHEMA_APPLY = shape(
  "HttpSchemaApplyJson",
  "The answer of `POST /schema/apply`.",
  SCHEMA_APPLY_MEMBERS,
  {
    uri: "/graphs/team",
    supported: true,
    applied: true,
    graph_manifest_version: 3,
    step_count: 1,
    steps: [{ kind: "add_type", type_kind: "node", name: "Ship" }],
  },
);

const CONFLICT_MEMBERS = CONFLICT.shape;

const HTTP_CONFLICT = shape("HttpConflictJson", "One thing that a merge cannot decide.", {
  entity_kind: CONFLICT_MEMBERS.entity_kind,
  type_name: CONFLICT_MEMBERS.type_name,
  entity_id: CONFLICT_MEMBERS.entity_id,
  kind: CONFLICT_MEMBERS.kind,
  message: CONFLICT_MEMBERS.message,
});

const ERROR_MEMBERS = ERROR.shape;

export const HTTP_ERROR = shape(
  "HttpErrorJson",
  "A failure over HTTP: what happened, the contract's code (none of a condition that does not hold, 412), the registered reason, and the contract's facts about it.",
  {
    error: ERROR_MEMBERS.error,
    code: ERROR_MEMBERS.code.exactOptional(),
    reason: ERROR_MEMBERS.reason,
    key_conflict: ERROR_MEMBERS.key_conflict,
    precondition_failure: ERROR_MEMBERS.precondition_failure,
    read_set_conflict: ERROR_MEMBERS.read_set_conflict,
    resource_limit: ERROR_MEMBERS.resource_limit,
    blob_range: ERROR_MEMBERS.blob_range,
    change_feed_gap: ERROR_MEMBERS.change_feed_gap,
    change_diff_refusal: ERROR_MEMBERS.change_diff_refusal,
    merge_conflicts: z.array(HTTP_CONFLICT).exactOptional().describe("All of them."),
  },
  { error: "there is no branch of that name", code: "not_found", reason: "branch_not_found" },
);
