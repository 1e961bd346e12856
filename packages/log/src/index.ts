export { addressOf, slotKey, type CommitAddress, type CommitId, MAIN_LOG_ID, type LogId } from "./address.ts";
export type { CommitLink, LinkSource, LocatedLink as PlacedLink } from "./ancestry/link.ts";
export type { BranchSummary, Fork } from "./branch/branches.ts";
export type { Cleaner, CleanupSteps, Pending as PendingCleanup } from "./cleanup/cleaner.ts";
export type { Retention } from "./cleanup/cuts.ts";
export { type Reclaimed as ReclaimedSpace, together } from "./cleanup/sweep.ts";
export {
  type FoldedCommit,
  LogCheck,
  type SlotProgress,
  type Survey,
  type SurveyedBranch,
} from "./checking/check-logs.ts";
export type { AdoptedLayer } from "./checking/commit-check.ts";
export { formatCopy, restoreFormat } from "./checking/format-copy.ts";
export { putBack } from "./checking/put-back.ts";
export { LastReadable, type LostSlots } from "./checking/last-readable.ts";
export { recordCopy } from "./checking/record-copy.ts";
export { SlotCopies } from "./checking/slot-copies.ts";
export type { LogFinding, LogFindingKind, Subject } from "./checking/finding.ts";
export { listed } from "./checking/inventory.ts";
export type { CopyRequest } from "./copying/copy-graph.ts";
export { CopyTarget } from "./copying/copy-target.ts";
export type { CommitDraft } from "./commit/draft.ts";
export type { CommitHeader, CommitKind, CommitRecord, KeptOurs as Kept } from "./commit/header.ts";
export { GraphLog } from "./graph-log.ts";
export type { NewBranch } from "./intent/intent-record.ts";
export { readIntents } from "./intent/read-intents.ts";
export type { FoundIntent, OpenIntent, UnreadableIntent } from "./intent/read-intents.ts";
export type { Fold, FoldedRun } from "./layout/fold.ts";
export type { Layout, Piece } from "./layout/layout.ts";
export { contains, type SlotRange } from "./layout/ranges.ts";
export type { InitOptions } from "./make-graph.ts";
export type { Pin } from "./retention/pins.ts";
export { isReclaimedTable } from "./retention/reclaimed-tables.ts";
export { historyReclaimed } from "./reading/errors.ts";
export { takesOneSync } from "./one-sync.ts";
export type { Settled } from "./recovery/intents.ts";
export type { Decision, StagedTest } from "./recovery/settlement.ts";
export { stagedPrefix } from "./intent/keys.ts";
export type { BranchLog } from "./reading/branch-log.ts";
export { branchNotFound } from "./reading/errors.ts";
export type { EntityKey } from "./reading/history.ts";
export type { Snapshot } from "./reading/snapshot.ts";
export type { BranchWriter } from "./writing/branch-writer.ts";
export type { Intent, IntentFacts } from "./writing/intent.ts";
export { opOfKey } from "./writing/op.ts";
export type { SealRequest } from "./writing/seal.ts";
export type { Prepared, WriteBase, WriteRequest, WriteResult } from "./writing/request.ts";
