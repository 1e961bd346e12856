import type { AnswerValue } from "@omnigraph/language";
import type { EntityKind } from "../shapes.generated.ts";
import type { CommitSummary } from "./commits.ts";

/** A row of an answer, by column: dates are ISO text. */
export type AnswerRow = Readonly<Record<string, AnswerValue>>;

/** The answer of a read. */
export interface QueryAnswer {
  /** The query's name; `query` for text without one. */
  readonly queryName: string;
  /** The branch that was read. */
  readonly branch: string;
  /** The commit asked for by `at`, else null. */
  readonly snapshot: string | null;
  /** Names of the columns, in the order of the query. */
  readonly columns: readonly string[];
  /** In the order of the query, else in any. */
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

/** What one type holds. */
export interface DatasetSummary {
  /** Nodes or edges. */
  readonly kind: EntityKind;
  /** Name of the type. */
  readonly typeName: string;
  /** Folder of the type's base table, empty while it has none. */
  readonly path: string;
  /** Lance version of the base table, 0 while it has none. */
  readonly version: number;
  /** How many entities there are. */
  readonly count: number;
}

/** What a branch holds. */
export interface SnapshotAnswer {
  /** The branch that was read. */
  readonly branch: string;
  /** Its newest commit. */
  readonly commit: CommitSummary;
  /** One for each type of the schema, edges first, by name. */
  readonly datasets: readonly DatasetSummary[];
}
