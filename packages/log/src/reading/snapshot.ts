import type { TypeId } from "@omnigraph/language";
import type { CommitRecord } from "../commit/header.ts";
import { type Layout, type Piece, withRanges } from "../layout/layout.ts";

/** The graph at one commit: by type the pieces of which its rows consist. */
export class Snapshot {
  readonly commit: CommitRecord;
  readonly #layout: Layout;

  constructor(commit: CommitRecord, layout: Layout) {
    this.commit = commit;
    this.#layout = layout;
  }

  /** Live rows of a type. */
  count(type: TypeId): number {
    return this.commit.header.counts.get(type) ?? 0;
  }

  /** The pieces of a type in order: those of the layout, then the tail; none for a type that never had a row. */
  pieces(type: TypeId): readonly Piece[] {
    if (!this.commit.header.counts.has(type)) return [];
    return withRanges(this.#layout.get(type) ?? [], this.commit.header.tail);
  }
}
