import type { EntityKind, FindingClass, FsckSeverity } from "../shapes.generated.ts";
import type { CommitSummary } from "./commits.ts";

/** What was done to one type. */
export interface OptimizedType {
  /** Whether it is a type of nodes or of edges. */
  readonly kind: EntityKind;
  /** Its name in the schema. */
  readonly typeName: string;
  /** Tables of the type now. */
  readonly tables: number;
  /** Tables that were written: 0 or 1. */
  readonly tablesAdded: number;
  /** Tables that the new one stands for. They stay for commits before this one. */
  readonly tablesRemoved: number;
  /** Rows that were written into a new table; 0 where the type was left as it is. */
  readonly rowsWritten: number;
}

/** What `optimize` did. */
export interface OptimizeAnswer {
  /** The branch that was optimized. */
  readonly branch: string;
  /** Null where there was nothing to do. */
  readonly commit: CommitSummary | null;
  /** Every type that ever had an entity, in the order of the schema; empty where an earlier call of the same `op` is answered. */
  readonly types: readonly OptimizedType[];
}

/** One thing that `fsck` found. */
export interface FsckFinding {
  /** What kind of damage, or of leftover. */
  readonly class: FindingClass;
  /** How bad it is. */
  readonly severity: FsckSeverity;
  /** Key of the object from the root of the graph; for rows, the branch. */
  readonly place: string;
  /** What is wrong. */
  readonly problem: string;
  /** Living branches that it harms. */
  readonly branches: readonly string[];
  /** Who is harmed, and how. */
  readonly harm: string;
  /** What to do. */
  readonly advice: string;
}

/** What `fsck` looked at. */
export interface FsckChecked {
  /** Branches whose rows were scanned. */
  readonly branches: number;
  /** Slots of all logs. */
  readonly slots: number;
  /** Tables that commits adopted. */
  readonly tables: number;
}

/** What `fsck` found. */
export interface FsckAnswer {
  /** Whether there is neither an error nor a warning. */
  readonly isClean: boolean;
  /** Number of errors. */
  readonly errors: number;
  /** Number of warnings. */
  readonly warnings: number;
  /** Number of notes. */
  readonly notes: number;
  /** What was looked at. */
  readonly checked: FsckChecked;
  /** In the order in which they were found; at most the limit `fsckFindings`. */
  readonly findings: readonly FsckFinding[];
}
