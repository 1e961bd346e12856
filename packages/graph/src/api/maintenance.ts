import type { OmnigraphError } from "@omnigraph/base";
import type { CommitSummary, EntityKind, FsckFinding } from "@omnigraph/wire";
import type { CallOptions } from "./graph.ts";

/** How a branch is optimized. */
export interface OptimizeOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Makes one table of each type, without deletions beside it: best for other engines that read it. Default: only what is worth its cost. */
  readonly full?: boolean;
  /** Author of the commit. Default: the handle's. */
  readonly actor?: string;
  /** Why; stored in the commit. */
  readonly message?: string;
  /** Identity of the call across retries: a repeated call returns the commit of the first one. */
  readonly op?: string;
  /** Called for each type before its table is written, and before its indexes are built. */
  readonly onProgress?: (progress: OptimizeProgress) => void;
}

/** What an operation is asked about. */
export interface OperationOptions extends CallOptions {
  /** The branch that it was to change. Default `main`. */
  readonly branch?: string;
}

/** The type whose table is written or indexed next. */
export interface OptimizeProgress {
  /** Writing one table of several, then building indexes of what is there. */
  readonly phase: "write" | "index";
  /** Whether it is a type of nodes or of edges. */
  readonly kind: EntityKind;
  /** Its name in the schema. */
  readonly typeName: string;
}

/** An attempt of a handle to fold a branch in the background. */
export interface MaintenanceRun {
  /** Name of the branch. */
  readonly branch: string;
  /** Null if there was nothing to do, or if it failed. */
  readonly commit: CommitSummary | null;
  /** Why it failed; a later attempt follows. */
  readonly error: OmnigraphError | null;
}

/** What is checked, and who hears of it. */
export interface FsckOptions extends CallOptions {
  /** Scan the rows of this branch alone. All else is checked for the whole graph. Default: the rows of every branch. */
  readonly branch?: string;
  /** Called for each finding as soon as it is found. */
  readonly onFinding?: (finding: FsckFinding) => void;
  /** Called for each step. */
  readonly onProgress?: (progress: FsckProgress) => void;
}

/** How far a check is. */
export interface FsckProgress {
  /** Reading the slots of all logs, then the tables that they name, then scanning the rows of each branch. */
  readonly phase: "slots" | "tables" | "rows";
  /** Slots, tables or branches that are done. */
  readonly done: number;
  /** Slots, tables or branches in all. */
  readonly total: number;
}

/** What a cleanup keeps, and how it goes about. At least one of `keep` and `olderThanMs` is needed; where both are given, only what neither keeps goes. */
export interface CleanupOptions extends CallOptions {
  /** So many of the newest commits of every branch stay readable; at least 1. */
  readonly keep?: number;
  /** Commits made in the last so many milliseconds stay readable. */
  readonly olderThanMs?: number;
  /** Removes. Default: nothing is changed, and the answer says what would go. */
  readonly confirm?: boolean;
  /**
   * How long it waits, in milliseconds by the store's clock, between finding something unneeded and removing it, for the sake of others that still read it. Default: an
   * hour. 0 removes at once, for whoever knows that nobody else uses the graph.
   */
  readonly graceMs?: number;
  /** Who cleans up; kept with what is condemned, and the author of the commits that fold. Default: the handle's. */
  readonly actor?: string;
  /** Called before each lot that is removed. */
  readonly onProgress?: () => void;
}

/** What is repaired, and how far it may go. */
export interface RepairOptions extends CallOptions {
  /** Whose tables are compared with what others made of them. Default `main`. Damaged objects are those of the whole graph. */
  readonly branch?: string;
  /** Do it. Default: only say what would be done. */
  readonly confirm?: boolean;
  /** Take over what others did to published tables: added and changed rows by a load, removed ones by a mutation. Only with `confirm`. Default: their tables are written anew without it. */
  readonly force?: boolean;
  /** Address of a copy of the graph, such as a backup, from which damaged and missing objects are taken. */
  readonly from?: string;
  /** Author of the commits. Default: the handle's. */
  readonly actor?: string;
  /** Why; stored in the commits. */
  readonly message?: string;
  /** Called for each step of the check that comes first. */
  readonly onProgress?: (progress: FsckProgress) => void;
}
