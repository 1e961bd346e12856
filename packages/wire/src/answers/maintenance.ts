import type {
  EntityKind,
  FindingClass,
  FsckSeverity,
  RepairAction,
  RepairSource,
  TableDrift,
} from "../shapes.generated.ts";
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
  /** Columns that got an index, by the names of their properties or `id`, `src` and `dst`; once for each table. */
  readonly indexesBuilt: readonly string[];
  /** Columns that should have an index and could not get one, because something else has changed their table. */
  readonly indexesPending: readonly string[];
}

/** What `optimize` did. */
export interface OptimizeAnswer {
  /** Identity of the call: its `op`, or one that was made for it. `maintenance.operation` tells by it what came of the call. */
  readonly operation: string;
  /** The branch that was optimized. */
  readonly branch: string;
  /** Null where there was nothing to do. */
  readonly commit: CommitSummary | null;
  /** Why it ended before all indexes were built, after its commit; null if it did not. Another call goes on. */
  readonly problem: string | null;
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

/** What cleanup removed of the tables of one type, or would remove. */
export interface CleanedType {
  /** Whether it is a type of nodes or of edges; null for one that no branch's schema has any more. */
  readonly kind: EntityKind | null;
  /** Its name in the schema, or its id. */
  readonly typeName: string;
  /** Tables that are gone, or would be. */
  readonly tables: number;
  /** Bytes of these tables, with all that lies beside them. */
  readonly bytes: number;
}

/** What was found unneeded, and is removed by a cleanup after the grace period. */
export interface PendingCleanup {
  /** Slots whose changes are unneeded. */
  readonly slots: number;
  /** Tables that are unneeded. */
  readonly tables: number;
  /** In how many milliseconds a cleanup with the same grace period removes it; 0 for now. */
  readonly waitMs: number;
}

/** What `cleanup` did, or would do. */
export interface CleanupAnswer {
  /** False for a dry run, which changes nothing and says what would go. */
  readonly confirmed: boolean;
  /** How many commits of each branch were to be kept; null where that was not asked. */
  readonly keep: number | null;
  /** How old commits had to be at least, in milliseconds; null where that was not asked. */
  readonly olderThanMs: number | null;
  /** Branches that were folded first, or would be, so that their heads no longer need what goes. */
  readonly folded: readonly string[];
  /** Every type of the schemas of all branches, and those of which something goes. */
  readonly types: readonly CleanedType[];
  /** Commits whose changes are gone, or would be. */
  readonly commits: number;
  /** Bytes of these changes. */
  readonly commitBytes: number;
  /** What waits for the end of the grace period. */
  readonly pending: PendingCleanup | null;
  /** What was passed over, each with its place. */
  readonly notes: readonly string[];
}

/** What came of a call of `optimize`. */
export interface OperationAnswer {
  /** Identity of the call. */
  readonly operation: string;
  /** The branch that was to be optimized. */
  readonly branch: string;
  /** `done`: its commit is there. `running`: it has begun, and may end in any way. `unknown`: neither; it may have had nothing to do, or not have begun. */
  readonly state: "done" | "running" | "unknown";
  /** Null unless it is done. */
  readonly commit: CommitSummary | null;
}

/** Some rows of a table, by the ids of their entities. */
export interface DriftRows {
  /** Number of rows. */
  readonly count: number;
  /** The first ids, at most 20. */
  readonly ids: readonly string[];
}

/** A published table, and what others have done to it. */
export interface RepairedTable {
  /** Whether it is a table of nodes or of edges. */
  readonly kind: EntityKind;
  /** Name of its type in the schema. */
  readonly typeName: string;
  /** Its place, from the root of the graph. */
  readonly table: string;
  /** The version that the graph reads. */
  readonly publishedVersion: number;
  /** The newest version that there is; null where there is no table. */
  readonly headVersion: number | null;
  /** How the newest version compares with the published one. */
  readonly classification: TableDrift;
  /** What is to be done. */
  readonly action: RepairAction;
  /** Whether it was done. */
  readonly isDone: boolean;
  /** What others have done, as far as their rows tell. */
  readonly operations: readonly string[];
  /** The rows that differ. */
  readonly rows: { readonly added: DriftRows; readonly removed: DriftRows; readonly changed: DriftRows };
  /** What to do. */
  readonly advice: string;
  /** Why it failed, or why it cannot be told; null where all is well. */
  readonly error: string | null;
}

/** A damaged object, and what was done about it. */
export interface RepairedObject {
  /** What kind of damage. */
  readonly class: FindingClass;
  /** Key of the object from the root of the graph. */
  readonly place: string;
  /** What is to be done; `none` where nothing can be. */
  readonly action: RepairAction;
  /** Where it is taken from; null where there is nothing to take it from. */
  readonly source: RepairSource | null;
  /** Whether it was done. */
  readonly isDone: boolean;
  /** What to do. */
  readonly advice: string;
  /** Why it failed. */
  readonly error: string | null;
}

/** What `repair` found, and what it did. */
export interface RepairAnswer {
  /** The branch whose tables were compared. */
  readonly branch: string;
  /** Whether anything was to be changed. */
  readonly isConfirmed: boolean;
  /** Whether what others wrote was to be taken over. */
  readonly isForced: boolean;
  /** The commit that took over rows or wrote tables anew, if there is one. */
  readonly commit: CommitSummary | null;
  /** Every table of the branch, in the order of the schema. */
  readonly tables: readonly RepairedTable[];
  /** Every damaged object of the graph. */
  readonly objects: readonly RepairedObject[];
  /** Why the tables of the branch could not be compared; null where they could. */
  readonly problem: string | null;
}
