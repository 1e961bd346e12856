import type { MigrationStep } from "@omnigraph/language";
import type { CommitSummary } from "./commits.ts";

/** What it would take to give a graph another schema. */
export interface SchemaPlan {
  /** The branch whose schema would change. */
  readonly branch: string;
  /** Whether every step can be taken. */
  readonly supported: boolean;
  /** In the order in which they would be taken; none where the schemas mean the same. */
  readonly steps: readonly MigrationStep[];
}

/** What became of another schema for a graph. */
export interface SchemaApplied {
  /** The branch that it is for. */
  readonly branch: string;
  /** False where the branch had this schema already. */
  readonly applied: boolean;
  /** The steps that were taken; none for a repeated call, and where only the text of the schema differs. */
  readonly steps: readonly MigrationStep[];
  /** Author of the commit; null where none was named. */
  readonly actor: string | null;
  /** Null where nothing was applied. */
  readonly commit: CommitSummary | null;
}
