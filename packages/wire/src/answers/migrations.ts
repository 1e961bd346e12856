import type { DeclarationPair, MigrationStep } from "@omnigraph/language";
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

/** How the schemas of two commits differ. */
export interface SchemaDiff {
  /** Id of the commit with the first schema. */
  readonly from: string;
  /** Id of the commit with the second. */
  readonly to: string;
  /** The steps from the first to the second; none where they mean the same. */
  readonly steps: readonly MigrationStep[];
  /** The declarations that differ, as formatted text; null where one schema does not have it. */
  readonly declarations: readonly DeclarationPair[];
}
