import type { TypeId } from "@omnigraph/language";
import type { ChangeSet, LayerDraft } from "@omnigraph/storage";

/** Whether what another commit did touches what this write read or wrote. */
export type MeetingTest = (theirs: ChangeSet) => boolean;

/** What becomes of a write that met another commit. */
export type OnMeeting = "evaluate_again" | "conflict";

/** The outcome of evaluating a mutation or a load against one view: everything that a commit needs, with no effect so far. */
export interface Delta {
  readonly changes: ChangeSet;
  /**
   * Set when the delta is too large for a commit object: one draft a type that changes. A draft holds the same rows as the after images
   * in `changes` and the ids of the deleted rows; that of a replaced type holds the type's whole new image instead.
   */
  readonly layers: readonly LayerDraft[] | null;
  /** Types whose earlier pieces are dropped (large overwrite loads); empty where `layers` is null: an inline delta is complete in itself. */
  readonly replaced: readonly TypeId[];
  readonly affectedNodes: number;
  readonly affectedEdges: number;
  /** False when no row was touched: then there is nothing to commit. An update that changes no value still commits, and so does every load. */
  readonly commits: boolean;
  readonly meets: MeetingTest;
  readonly onMeeting: OnMeeting;
}
