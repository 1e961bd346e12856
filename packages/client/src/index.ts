// So that programs need not add the TypeScript library of `Symbol.asyncDispose` themselves.
/// <reference lib="esnext.disposable" preserve="true" />
export { OmnigraphClient, type ServedGraphInfo, type ServerHealth } from "./client.ts";
export type { Upload } from "./line-body.ts";
export type { RemoteBranches } from "./remote-branches.ts";
export type { RemoteChanges } from "./remote-changes.ts";
export type { RemoteCommits } from "./remote-commits.ts";
export type { GraphCalls, InvokeOptions, RemoteGraph } from "./remote-graph.ts";
export type { RemoteSchema } from "./remote-schema.ts";
export type {
  Annotation,
  AnswerRow,
  AnswerValue,
  BaselineEnd,
  BranchCreated,
  BranchDeleted,
  BranchProblem,
  BranchSummary,
  ChangeBlock,
  ChangeCause,
  ChangedEntity,
  ChangeOperation,
  CommitChangesPage,
  CommitKind,
  CommitPage,
  CheckConstraint,
  CommitSummary,
  DropMode,
  DatasetSummary,
  DatasetTable,
  EntityImage,
  EntityKind,
  EntityRef,
  FeedPage,
  LoadAnswer,
  LoadedType,
  LoadMode,
  MergeAnswer,
  MergeConflict,
  MergeConflictKind,
  MergeOutcome,
  MigratedProperty,
  MigratedType,
  MigrationCode,
  MigrationStep,
  MutationAnswer,
  NamedConstraint,
  ParameterKind,
  PropertyId,
  RangeConstraint,
  ScalarName,
  QueryAnswer,
  QueryCatalogJson,
  SchemaApplied,
  SchemaPlan,
  SnapshotAnswer,
  StoredParameterJson,
  StoredQueryJson,
  Value,
  ValueType,
} from "@omnigraph/wire";
export type { ClientOptions } from "./transport.ts";
export {
  ERRORS,
  type ErrorDetails,
  type ErrorEntry,
  OmnigraphError,
  type Reason,
  type WireCode,
} from "@omnigraph/base";
