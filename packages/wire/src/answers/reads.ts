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
  /** The tables of the type, where they were asked for; later ones override earlier ones. */
  readonly tables?: readonly DatasetTable[];
  /** Commits whose changes to the type are not in the tables, where the tables were asked for: 0 where these are all that the branch has of it. */
  readonly commitsBesides?: number;
}

/** A Lance table of a type, as other engines read it. */
export interface DatasetTable {
  /** Folder of the table, in the graph; that of its rows where the store holds no Lance tables. */
  readonly path: string;
  /** The Lance version that belongs to the branch. Later ones do not. */
  readonly version: number;
  /** How many rows it has. */
  readonly rows: number;
  /** How many rows of earlier tables it deletes. */
  readonly tombstones: number;
  /** By the name of a property its column. The columns `id`, and for edges `src` and `dst`, are there besides. */
  readonly columns: Readonly<Record<string, string>>;
  /** Columns that have an index over all rows. */
  readonly indexes: readonly string[];
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
