import type { LoadMode } from "../shapes.generated.ts";
import type { CommitSummary } from "./commits.ts";

/** What a mutation did. */
export interface MutationAnswer {
  /** The mutation's name; `mutation` for text without one. */
  readonly queryName: string;
  /** The branch that it landed on. */
  readonly branch: string;
  /** Nodes that it inserted, updated or deleted. */
  readonly affectedNodes: number;
  /** Edges that it inserted, updated or deleted, those that went with their nodes too. */
  readonly affectedEdges: number;
  /** Author of the commit; null where none was named. */
  readonly actor: string | null;
  /** Null when no row was touched. */
  readonly commit: CommitSummary | null;
  /** As of a read. */
  readonly warnings: readonly string[];
}

/** How much of one type was loaded. */
export interface LoadedType {
  /** Name of the type. */
  readonly name: string;
  /** Lines of the input that are of it. */
  readonly entities: number;
}

/** What a load did. */
export interface LoadAnswer {
  /** The branch that it landed on. */
  readonly branch: string;
  /** The load made the branch. */
  readonly branchCreated: boolean;
  /** How it treated what was there. */
  readonly mode: LoadMode;
  /** By type of nodes that the input has. */
  readonly nodes: readonly LoadedType[];
  /** By type of edges that the input has. */
  readonly edges: readonly LoadedType[];
  /** DateTime values of the input, items of lists too, that named a part of a millisecond, which was cut. */
  readonly timesCut: number;
  /** The commit that holds it. */
  readonly commit: CommitSummary;
}
