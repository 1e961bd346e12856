import type { EntityKind } from "../shapes.generated.ts";
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
