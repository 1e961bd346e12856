export { groupByType, inverse, net } from "./change-set/change-set.ts";
export {
  type ChangedEntities,
  type ChangeImages,
  changedEntities,
  changedRows,
} from "./commit-changes/changed-entities.ts";
export { type EntityChange, entityChange } from "./commit-changes/entity-change.ts";
export { type ChangeOp, type Touch, changesUnder } from "./commit-changes/touch.ts";
export { allChangesBetweenViews, changesBetweenViews } from "./commit-changes/between-views.ts";
export { typeChanges } from "./commit-changes/type-changes.ts";
export type { Conflict, ConflictKind, Images, Side } from "./merge/conflict.ts";
export { hasValuesOf, lostValues } from "./merge/property-edits.ts";
export { evaluateMerge, type MergeDraft } from "./merge/evaluate.ts";
export type { Sides } from "./merge/merge-state.ts";
export { type EntityDecision, Resolutions, type UnusedDecision } from "./merge/decisions.ts";
export { checkOldRows, checkRows, type RowProblem } from "./check/check-rows.ts";
export { chooseRun, type PieceSize } from "./fold/choose-run.ts";
export { foldedRows } from "./fold/folded-rows.ts";
export { execute } from "./query/execute.ts";
export {
  type AnalyzedRead,
  analyzeRead,
  type ExplainedRead,
  explainRead,
} from "./query/explain/explain-read.ts";
export type { PlanInput } from "./query/explain/inputs.ts";
export type { PlanStep } from "./query/explain/plan-step.ts";
export { compilePlan, type Plan, type Sizes } from "./query/prepared-plan.ts";
export type { QueryResult } from "./query/result/query-result.ts";
export type { RunLimits } from "./query/run/context.ts";
export { MemoryPool, type MemoryShare } from "./view/memory-pool.ts";
export { piecesOf } from "./view/restated.ts";
export { openView } from "./view/resident-view.ts";
export type { Tuning } from "./view/tuning.ts";
export type { Piece, SnapshotSource } from "./view/source.ts";
export type { Adjacency, Cells, EdgeRows, Lease, Need, Rows, View } from "./view/view.ts";
export { conflictTest } from "./write/footprint.ts";
export { readsOf } from "./write/reliance.ts";
export type { TableDrafts, WriteDraft } from "./write/draft.ts";
export { ForeignReader } from "./write/load/foreign-reader.ts";
export { exportPieces } from "./write/export/pieces.ts";
export {
  chosenTypes,
  type ExportOptions,
  exportRows,
  type ExportSink,
  type WithContent,
} from "./write/export/export.ts";
export { takenOverLines } from "./write/export/taken-over.ts";
export { type LoadDraft, evaluateLoad, type LoadMode, type LoadOptions } from "./write/load/evaluate.ts";
export type { LoadProblem } from "./write/load/problems.ts";
export { isReadFor, type LoadFile, readLoad, type ReadOptions } from "./write/load/read.ts";
export { evaluateDeletion, type TypedRows } from "./write/mutation/delete-entities.ts";
export { evaluateMutation, type EvaluateOptions } from "./write/mutation/evaluate.ts";
export { analyzeMutation, explainMutation } from "./write/explain/explain-mutation.ts";
