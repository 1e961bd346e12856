import type { CallOptions } from "./graph.ts";

/** How an interrupted write is discarded. */
export interface RecoveryDiscardOptions extends CallOptions {
  /** Discards also what nobody can read, and a write whose process is not known to be gone. Default: these are refused. */
  readonly confirm?: boolean;
}
