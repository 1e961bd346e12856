import type { CallOptions } from "./graph.ts";

/** What is copied of a graph by a backup or a restore, and how. */
export interface BackupOptions extends CallOptions {
  /** Only these branches, with all that they stand on; main is then there as far as they stand on it. Default: all. */
  readonly branches?: readonly string[];
  /** Reads every object back, also those of earlier copies, and compares it with the graph. Default: only what is copied is checked, before it is put. */
  readonly verify?: boolean;
  /** Called now and then during the copy. If it throws, the copy fails with `caller_failed`. */
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** How far a copy is. */
export interface BackupProgress {
  /** Objects that were put. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
}
