import type { TypeId } from "@omnigraph/language";
import type { LayerReader, TypeChanges } from "@omnigraph/storage";

/** A part of the rows of a type: a layer, or the changes of commits in order. Later pieces override earlier ones; tombstones and deletions delete. */
export type Piece =
  | { readonly kind: "layer"; readonly reader: LayerReader }
  | { readonly kind: "changes"; readonly changes: readonly TypeChanges[] };

/** The rows of one snapshot, by type, in order. Implemented over the log and the tables by the graph. */
export interface SnapshotSource {
  /** Identity of the snapshot for messages: a commit id. */
  readonly name: string;
  /** Number of live rows of a type, from the header of the commit. */
  count(type: TypeId): number;
  pieces(type: TypeId, signal?: AbortSignal): Promise<readonly Piece[]>;
}
