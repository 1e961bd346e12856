import type { EntityKind } from "@omnigraph/wire";
import type { CallOptions } from "./graph.ts";

/** How a branch is optimized. */
export interface OptimizeOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Leave one table a type, without deletions beside it, as other engines want to read it. Default: only what pays. */
  readonly full?: boolean;
  /** Author of the commit. Default: the handle's. */
  readonly actor?: string;
  /** Why: kept with the commit. */
  readonly message?: string;
  /** Identity of the call: the same again answers the commit of the first time. */
  readonly op?: string;
  /** Hears of each type that is written, before it is. */
  readonly onProgress?: (progress: OptimizeProgress) => void;
}

/** The type that is written next. */
export interface OptimizeProgress {
  /** Whether it is a type of nodes or of edges. */
  readonly kind: EntityKind;
  /** Its name in the schema. */
  readonly typeName: string;
}
