import type { OmnigraphError } from "@omnigraph/base";
import type { CommitSummary, EntityKind } from "@omnigraph/wire";
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
  /** Called for each type before its table is written. */
  readonly onProgress?: (progress: OptimizeProgress) => void;
}

/** The type whose table is written next. */
export interface OptimizeProgress {
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
