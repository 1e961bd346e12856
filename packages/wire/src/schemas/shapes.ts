// Loads zod, which costs tens of milliseconds: import this module only where something is parsed. Types and encoders are to be had without it.
import * as z from "zod";
import { AGENT_ANSWER, AGENT_MESSAGE, DIFF_PAGE, MERGE_PREVIEW_PAGE, TOOL_FAILURE } from "./agents.ts";
import { BACKUP } from "./backups.ts";
import { BLOB_PARAMETERS, BLOB_STAT } from "./blobs.ts";
import { TABLES_EXPORT } from "./exchange.ts";
import { BRANCH_CREATED, BRANCH_DELETED, BRANCH_LIST } from "./branches.ts";
import { BASELINE, BASELINE_LINE, COMMIT_CHANGES, DIFF, FEED, HISTORY } from "./changes.ts";
import {
  CLUSTER_APPLY,
  CLUSTER_APPROVAL,
  CLUSTER_APPROVE,
  CLUSTER_LOOK,
  CLUSTER_PLAN,
  CLUSTER_STATE,
  CLUSTER_STATUS,
  CLUSTER_UNLOCK,
  CLUSTER_VALIDATE,
} from "./clusters.ts";
import { COMMIT, COMMIT_LIST } from "./commits.ts";
import { ERROR } from "./errors.ts";
import { EXPLAIN } from "./explain.ts";
import {
  BATCH_LOAD,
  HTTP_COMMIT,
  HTTP_COMMIT_LIST,
  HTTP_ERROR,
  HTTP_MERGE,
  HTTP_MUTATION,
  HTTP_SCHEMA_APPLY,
  INGEST,
} from "./http.ts";
import { LINT } from "./lint.ts";
import { CLEANUP, FSCK, OPERATION, OPTIMIZE, REPAIR } from "./maintenance.ts";
import { MERGE, MERGE_PREVIEW, REVERT } from "./merges.ts";
import { SCHEMA_APPLY, SCHEMA_DIFF, SCHEMA_PLAN } from "./migrations.ts";
import { POLICY_CHECKED, POLICY_EXPLAINED, POLICY_TESTED } from "./policies.ts";
import { EDGE_LINE, LEGACY_READ, NODE_LINE, QUERY, ROWS_HEAD, SCHEMA, SNAPSHOT } from "./reads.ts";
import { RECOVERY_ENTRY, RECOVERY_LIST, RECOVERY_OUTCOME, RECOVERY_SETTLED } from "./recovery.ts";
import {
  BRANCH_PARAMETERS,
  CHANGE_STREAM_PARAMETERS,
  CHANGES_PARAMETERS,
  COMMIT_CHANGES_PARAMETERS,
  COMMIT_LIST_PARAMETERS,
  DIFF_PARAMETERS,
  LOAD_PARAMETERS,
  WRITE_PARAMETERS,
  SCHEMA_PARAMETERS,
} from "./parameters.ts";
import {
  CREDENTIAL,
  GRAPH_LIST,
  HEALTH,
  INVOKE_REQUEST,
  PROFILE,
  QUERY_CATALOG,
  READINESS,
  SCHEMA_APPLY_REQUEST,
  SCHEMA_PLAN_REQUEST,
} from "./server.ts";
import {
  BASELINE_REQUEST,
  BRANCH_CREATE_REQUEST,
  EXPLAIN_REQUEST,
  EXPORT_REQUEST,
  LEGACY_READ_REQUEST,
  LOAD_REQUEST,
  MERGE_REQUEST,
  MUTATE_REQUEST,
  QUERY_REQUEST,
} from "./requests.ts";
import { WRITE_FATE } from "./fates.ts";
import { INIT, LOAD, MUTATION } from "./writes.ts";

/** Everything that is a whole text or line on the wire, by what it is. Those of answers are strict: a member that they do not know fails. */
export const SHAPES = {
  error: ERROR,
  query: QUERY,
  legacyRead: LEGACY_READ,
  rowsHead: ROWS_HEAD,
  explain: EXPLAIN,
  mutation: MUTATION,
  init: INIT,
  load: LOAD,
  nodeLine: NODE_LINE,
  edgeLine: EDGE_LINE,
  schema: SCHEMA,
  schemaPlan: SCHEMA_PLAN,
  schemaApply: SCHEMA_APPLY,
  schemaDiff: SCHEMA_DIFF,
  snapshot: SNAPSHOT,
  blobStat: BLOB_STAT,
  lint: LINT,
  commit: COMMIT,
  commitList: COMMIT_LIST,
  commitChanges: COMMIT_CHANGES,
  revert: REVERT,
  history: HISTORY,
  feed: FEED,
  baseline: BASELINE,
  baselineLine: BASELINE_LINE,
  branchList: BRANCH_LIST,
  branchCreated: BRANCH_CREATED,
  branchDeleted: BRANCH_DELETED,
  diff: DIFF,
  merge: MERGE,
  mergePreview: MERGE_PREVIEW,
  optimize: OPTIMIZE,
  operation: OPERATION,
  fsck: FSCK,
  cleanup: CLEANUP,
  recoveryList: RECOVERY_LIST,
  recoveryEntry: RECOVERY_ENTRY,
  recoveryOutcome: RECOVERY_OUTCOME,
  recoverySettled: RECOVERY_SETTLED,
  backup: BACKUP,
  tablesExport: TABLES_EXPORT,
  repair: REPAIR,
  policyChecked: POLICY_CHECKED,
  policyExplained: POLICY_EXPLAINED,
  policyTested: POLICY_TESTED,
  clusterValidate: CLUSTER_VALIDATE,
  clusterPlan: CLUSTER_PLAN,
  clusterApply: CLUSTER_APPLY,
  clusterApprove: CLUSTER_APPROVE,
  clusterStatus: CLUSTER_STATUS,
  clusterLook: CLUSTER_LOOK,
  clusterUnlock: CLUSTER_UNLOCK,
  clusterState: CLUSTER_STATE,
  clusterApproval: CLUSTER_APPROVAL,
  httpError: HTTP_ERROR,
  httpCommit: HTTP_COMMIT,
  httpCommitList: HTTP_COMMIT_LIST,
  httpMutation: HTTP_MUTATION,
  ingest: INGEST,
  batchLoad: BATCH_LOAD,
  httpMerge: HTTP_MERGE,
  httpSchemaApply: HTTP_SCHEMA_APPLY,
  health: HEALTH,
  readiness: READINESS,
  graphList: GRAPH_LIST,
  queryCatalog: QUERY_CATALOG,
  writeFate: WRITE_FATE,
  diffPage: DIFF_PAGE,
  mergePreviewPage: MERGE_PREVIEW_PAGE,
  toolFailure: TOOL_FAILURE,
  agentMessage: AGENT_MESSAGE,
  agentAnswer: AGENT_ANSWER,
  credential: CREDENTIAL,
  profile: PROFILE,
  queryRequest: QUERY_REQUEST,
  explainRequest: EXPLAIN_REQUEST,
  legacyReadRequest: LEGACY_READ_REQUEST,
  mutateRequest: MUTATE_REQUEST,
  loadRequest: LOAD_REQUEST,
  exportRequest: EXPORT_REQUEST,
  branchCreateRequest: BRANCH_CREATE_REQUEST,
  mergeRequest: MERGE_REQUEST,
  baselineRequest: BASELINE_REQUEST,
  invokeRequest: INVOKE_REQUEST,
  schemaApplyRequest: SCHEMA_APPLY_REQUEST,
  schemaPlanRequest: SCHEMA_PLAN_REQUEST,
  branchParameters: BRANCH_PARAMETERS,
  blobParameters: BLOB_PARAMETERS,
  schemaParameters: SCHEMA_PARAMETERS,
  commitListParameters: COMMIT_LIST_PARAMETERS,
  loadParameters: LOAD_PARAMETERS,
  changesParameters: CHANGES_PARAMETERS,
  commitChangesParameters: COMMIT_CHANGES_PARAMETERS,
  diffParameters: DIFF_PARAMETERS,
  changeStreamParameters: CHANGE_STREAM_PARAMETERS,
  writeParameters: WRITE_PARAMETERS,
} satisfies Readonly<Record<string, z.ZodType>>;

/** The JSON schemas (draft 2020-12) of all shapes that have a name: each whole one, then the parts of it that are new. */
export function namedSchemas(): ReadonlyMap<string, z.core.JSONSchema.JSONSchema> {
  const named = Object.values(SHAPES).flatMap((shape) =>
    Object.entries(z.toJSONSchema(shape, { unrepresentable: "any", io: "input" }).$defs ?? {}),
  );
  return new Map(named);
}

/** What is wrong with a value that a shape has refused, each with its place. */
export function problemsOf({ issues }: z.ZodError): readonly string[] {
  return issues.map(({ path, message }) => {
    const place = path.map(String).join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
}
