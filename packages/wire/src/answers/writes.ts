import type { LoadMode } from "../shapes.generated.ts";
import type { CommitSummary } from "./commits.ts";

export interface MutationAnswer {
  readonly queryName: string;
  readonly branch: string;
  readonly affectedNodes: number;
  readonly affectedEdges: number;
  readonly actor: string | null;
  /** Null when no row was touched. */
  readonly commit: CommitSummary | null;
  /** As of a read. */
  readonly warnings: readonly string[];
}

export interface LoadedType {
  readonly name: string;
  readonly entities: number;
}

export interface LoadAnswer {
  readonly branch: string;
  /** The load made the branch. */
  readonly branchCreated: boolean;
  readonly mode: LoadMode;
  readonly nodes: readonly LoadedType[];
  readonly edges: readonly LoadedType[];
  /** DateTime values of the input, items of lists too, that named a part of a millisecond, which was cut. */
  readonly timesCut: number;
  readonly commit: CommitSummary;
}
