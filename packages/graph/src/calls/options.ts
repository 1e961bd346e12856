import type {
  BranchCreateOptions,
  BranchDeleteOptions,
  CallOptions,
  CommitListOptions,
  CommitPageOptions,
  ExplainOptions,
  ExportOptions,
  LoadOptions,
  MutateOptions,
  PrepareOptions,
  ReadOptions,
  RunOptions,
  SchemaApplyOptions,
  SchemaOptions,
  SchemaPlanOptions,
  SnapshotOptions,
  WriteOptions,
} from "../api/graph.ts";
import type {
  AsOptions,
  CloseOptions,
  InitOptions,
  InitWithOptions,
  OpenOptions,
  OpenWithOptions,
} from "../api/opening.ts";
import type {
  BaselineOptions,
  ChangeFilter,
  CommitChangesOptions,
  HistoryOptions,
  PollOptions,
} from "../api/history.ts";
import type { BlobPutOptions, BlobReadOptions, BlobStreamOptions } from "../api/blobs.ts";
import type { RecoveryDiscardOptions } from "../api/recovery.ts";
import type { BackupOptions } from "../api/backup.ts";
import type { AdoptOptions, ExportTablesOptions } from "../api/exchange.ts";
import type {
  CleanupOptions,
  FsckOptions,
  OperationOptions,
  OptimizeOptions,
  RepairOptions,
} from "../api/maintenance.ts";
import type { DiffOptions, MergeOptions, ResolveOptions, RevertOptions } from "../api/merge.ts";
import {
  ADDRESS,
  atMost,
  CALLBACK,
  ENTITY_KIND,
  FEED_START,
  FLAG,
  type Kind,
  listOf,
  MEMORY,
  MILLISECONDS,
  oneOf,
  POINT,
  required,
  RESOLUTIONS,
  SIGNAL,
  TEXT,
  whole,
} from "./kinds.ts";

/** The type of the options of each call that has any. */
export interface OptionsOf {
  readonly init: InitOptions;
  readonly open: OpenOptions;
  readonly initWith: InitWithOptions;
  readonly openWith: OpenWithOptions;
  readonly as: AsOptions;
  readonly close: CloseOptions;
  readonly query: ReadOptions;
  readonly explain: ExplainOptions;
  readonly prepare: PrepareOptions;
  readonly run: RunOptions;
  readonly mutate: MutateOptions;
  readonly load: LoadOptions;
  readonly export: ExportOptions;
  readonly "tables.export": ExportTablesOptions;
  readonly "tables.adopt": AdoptOptions;
  readonly history: HistoryOptions;
  readonly snapshot: SnapshotOptions;
  readonly "blobs.open": BlobReadOptions;
  readonly "blobs.stream": BlobStreamOptions;
  readonly "blobs.put": BlobPutOptions;
  readonly "maintenance.optimize": OptimizeOptions;
  readonly "maintenance.operation": OperationOptions;
  readonly "maintenance.fsck": FsckOptions;
  readonly "maintenance.repair": RepairOptions;
  readonly fsck: FsckOptions;
  readonly repair: RepairOptions;
  readonly "maintenance.cleanup": CleanupOptions;
  readonly "recovery.list": CallOptions;
  readonly "recovery.show": CallOptions;
  readonly "recovery.discard": RecoveryDiscardOptions;
  readonly "recovery.settle": CallOptions;
  readonly "maintenance.backup": BackupOptions;
  readonly restore: BackupOptions;
  readonly "schema.show": SchemaOptions;
  readonly "schema.catalog": SchemaOptions;
  readonly "schema.plan": SchemaPlanOptions;
  readonly "schema.apply": SchemaApplyOptions;
  readonly "schema.diff": CallOptions;
  readonly "commits.list": CommitListOptions;
  readonly "commits.page": CommitPageOptions;
  readonly "commits.changes": CommitChangesOptions;
  readonly "commits.revert": RevertOptions;
  readonly "commits.previewRevert": RevertOptions;
  readonly "branches.create": BranchCreateOptions;
  readonly "branches.list": CallOptions;
  readonly "branches.merge": MergeOptions;
  readonly "branches.previewMerge": MergeOptions;
  readonly "branches.diff": DiffOptions;
  readonly "branches.delete": BranchDeleteOptions;
  readonly "changes.poll": PollOptions;
  readonly "changes.baseline": BaselineOptions;
}

/** One kind for every member of the options, and for no other. */
type Members<T> = { readonly [Name in keyof T]-?: Kind };

const CALL: Members<CallOptions> = { signal: SIGNAL, deadlineMs: MILLISECONDS };

const WRITE: Members<WriteOptions> = { ...CALL, branch: TEXT, actor: TEXT, message: TEXT, op: TEXT };

const OPEN_WITH: Members<OpenWithOptions> = {
  actor: TEXT,
  readOnly: FLAG,
  durability: oneOf(["durable", "relaxed"]),
  inlineRows: whole(0),
  externalBlobs: listOf(ADDRESS),
  maintenance: oneOf(["background", "off"]),
  onMaintenance: CALLBACK,
  authorize: CALLBACK,
};

const OPEN: Members<OpenOptions> = { ...OPEN_WITH, memory: MEMORY };

const SCHEMA = { schema: required(TEXT), schemaFile: TEXT };

const BACKUP: Members<BackupOptions> = {
  ...CALL,
  branches: listOf(TEXT),
  verify: FLAG,
  onProgress: CALLBACK,
};

const RUN: Members<RunOptions> = { ...CALL, branch: TEXT, at: POINT, maxStalenessMs: MILLISECONDS };

const FILTER: Members<ChangeFilter> = {
  kinds: listOf(ENTITY_KIND),
  types: listOf(TEXT),
  ops: listOf(oneOf(["insert", "update", "delete"])),
};

const REPAIR: Members<RepairOptions> = {
  ...CALL,
  branch: TEXT,
  confirm: FLAG,
  force: FLAG,
  from: TEXT,
  actor: TEXT,
  message: TEXT,
  onProgress: CALLBACK,
};

const FSCK: Members<FsckOptions> = { ...CALL, branch: TEXT, onFinding: CALLBACK, onProgress: CALLBACK };

const SIDE: Kind = oneOf(["ours", "theirs"], "resolutions_invalid");

const RESOLVE: Members<ResolveOptions> = {
  strategy: SIDE,
  strategyEntity: SIDE,
  resolutions: RESOLUTIONS,
};

const REVERT: Members<RevertOptions> = { ...WRITE, ...RESOLVE };

const MERGE: Members<MergeOptions> = {
  ...CALL,
  ...RESOLVE,
  into: TEXT,
  deleteBranch: FLAG,
  actor: TEXT,
  message: TEXT,
  op: TEXT,
};

/** The kind of every option of every call. */
export const OPTIONS: { readonly [Call in keyof OptionsOf]: Members<OptionsOf[Call]> } = {
  init: { ...OPEN, ...SCHEMA },
  open: OPEN,
  initWith: { ...OPEN_WITH, ...SCHEMA },
  openWith: OPEN_WITH,
  as: { authorize: CALLBACK },
  close: { abort: FLAG },
  query: { ...RUN, name: TEXT, file: TEXT },
  explain: { ...CALL, branch: TEXT, at: POINT, name: TEXT, file: TEXT, analyze: FLAG },
  prepare: { name: TEXT, branch: TEXT },
  run: RUN,
  mutate: { ...WRITE, name: TEXT, file: TEXT, ifCommit: TEXT },
  load: {
    ...WRITE,
    mode: required(oneOf(["append", "merge", "overwrite"])),
    from: TEXT,
    onProgress: CALLBACK,
  },
  export: { ...CALL, branch: TEXT, at: POINT, types: listOf(TEXT) },
  "tables.adopt": { ...WRITE, type: required(TEXT), version: whole(1) },
  "tables.export": {
    ...CALL,
    format: required(oneOf(["lance", "parquet"])),
    branch: TEXT,
    at: POINT,
    types: listOf(TEXT),
    onProgress: CALLBACK,
  },
  history: { ...CALL, branch: TEXT, limit: atMost(1) },
  snapshot: { ...CALL, branch: TEXT, tables: FLAG },
  "blobs.open": { ...CALL, branch: TEXT, at: POINT },
  "blobs.stream": { ...CALL, offset: whole(0), length: whole(0) },
  "blobs.put": { ...WRITE, ifCommit: TEXT },
  "maintenance.operation": { ...CALL, branch: TEXT },
  "maintenance.optimize": {
    ...CALL,
    branch: TEXT,
    full: FLAG,
    actor: TEXT,
    message: TEXT,
    op: TEXT,
    onProgress: CALLBACK,
  },
  "maintenance.fsck": FSCK,
  "maintenance.repair": REPAIR,
  fsck: FSCK,
  repair: REPAIR,
  "maintenance.cleanup": {
    ...CALL,
    keep: whole(1),
    olderThanMs: whole(0),
    confirm: FLAG,
    graceMs: whole(0),
    actor: TEXT,
    onProgress: CALLBACK,
  },
  "recovery.list": CALL,
  "recovery.show": CALL,
  "recovery.discard": { ...CALL, confirm: FLAG },
  "recovery.settle": CALL,
  "maintenance.backup": BACKUP,
  restore: BACKUP,
  "schema.show": { branch: TEXT, at: POINT },
  "schema.catalog": { branch: TEXT, at: POINT },
  "schema.plan": { ...CALL, branch: TEXT, file: TEXT, allowDataLoss: FLAG },
  "schema.diff": CALL,
  "schema.apply": { ...WRITE, file: TEXT, allowDataLoss: FLAG, ifCommit: TEXT },
  "commits.list": { ...CALL, branch: TEXT, limit: atMost(0) },
  "commits.page": { ...CALL, branch: TEXT, limit: whole(1), pageToken: TEXT },
  "commits.changes": { ...CALL, ...FILTER, limit: whole(1), pageToken: TEXT },
  "commits.revert": REVERT,
  "commits.previewRevert": REVERT,
  "branches.create": { ...CALL, from: TEXT, actor: TEXT },
  "branches.list": CALL,
  "branches.merge": MERGE,
  "branches.previewMerge": MERGE,
  "branches.diff": { ...CALL, ...FILTER, sinceBase: FLAG },
  "branches.delete": { ...CALL, actor: TEXT, message: TEXT },
  "changes.poll": {
    ...CALL,
    ...FILTER,
    branch: TEXT,
    cursor: TEXT,
    start: FEED_START,
    pageToken: TEXT,
    limit: whole(1),
  },
  "changes.baseline": { ...CALL, ...FILTER, branch: TEXT },
};
