import type { MigrationStep } from "@omnigraph/language";

/** What it would take to give a graph another schema. */
export interface SchemaPlan {
  /** The branch whose schema would change. */
  readonly branch: string;
  /** Whether every step can be taken. */
  readonly supported: boolean;
  /** In the order in which they would be taken; none where the schemas mean the same. */
  readonly steps: readonly MigrationStep[];
}
