import type { TypeId } from "@omnigraph/language";
import type { RowBatch } from "@omnigraph/storage";
import type { Predicate } from "./mutation/condition.ts";

/** What a write read, apart from the rows that it changed. */
export interface Reads {
  /** Conditions of updates and deletes: a new row that satisfies one is a conflict, because the write would have changed it too. */
  readonly predicates: readonly Predicate[];
  /** Rows that matched, whether or not they were changed in the end. */
  readonly matched: readonly { readonly type: TypeId; readonly rows: RowBatch }[];
  /** Nodes that were deleted with their edges, even if inserted again later: the write would also have deleted a new edge at one. */
  readonly deleted: readonly { readonly type: TypeId; readonly rows: RowBatch }[];
  /** Types that were replaced: any change of these is a conflict. */
  readonly wholeTypes: ReadonlySet<TypeId>;
}

export const NO_READS: Reads = { predicates: [], matched: [], deleted: [], wholeTypes: new Set() };
