import type { AnswerValue } from "@omnigraph/language";
import type { EntityKind } from "../shapes.generated.ts";
import type { CommitSummary } from "./commits.ts";

/** A row of an answer, by column: dates are ISO text. */
export type AnswerRow = Readonly<Record<string, AnswerValue>>;

/** The answer of a read. */
export interface QueryAnswer {
  readonly queryName: string;
  readonly branch: string;
  /** The commit asked for by `at`, else null. */
  readonly snapshot: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly AnswerRow[];
  /** Names of the columns that are sums. */
  readonly sums: readonly string[];
  /** The commit whose state was read. */
  readonly commit: string;
  /**
   * What may make the answer another than was meant, in sentences: parameters that the query does not declare, which are ignored; parameters and
   * variables that it uses nowhere; parts of a pattern that nothing joins.
   */
  readonly warnings: readonly string[];
}

export interface DatasetSummary {
  readonly kind: EntityKind;
  readonly typeName: string;
  /** Folder of the type's base table, empty while it has none. */
  readonly path: string;
  /** Lance version of the base table, 0 while it has none. */
  readonly version: number;
  readonly count: number;
}

export interface SnapshotAnswer {
  readonly branch: string;
  readonly commit: CommitSummary;
  readonly datasets: readonly DatasetSummary[];
}
