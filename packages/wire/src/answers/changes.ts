import type { AnswerValue, MigrationStep } from "@omnigraph/language";
import type { ChangeOperation, EntityKind } from "../shapes.generated.ts";

/** A whole entity as it was: Date in epoch days, DateTime in epoch milliseconds, 64-bit integers beyond 2^53 as bigint. */
export interface EntityImage {
  /** By name; every property of the type, null where it has no value. */
  readonly properties: Readonly<Record<string, AnswerValue>>;
  /** Ids of the nodes at the ends; null for a node. */
  readonly endpoints: { readonly from: string; readonly to: string } | null;
}

/** What became of one entity: an insert has no image before, a delete none after. */
export interface ChangedEntity {
  /** Node or edge. */
  readonly kind: EntityKind;
  /** The id is opaque and survives a rename. */
  readonly type: { readonly id: string; readonly name: string };
  /** The entity's id. */
  readonly id: string;
  /** What became of it. */
  readonly op: ChangeOperation;
  /** As it was; null of an insert. */
  readonly before: EntityImage | null;
  /** As it is; null of a delete. */
  readonly after: EntityImage | null;
}

/** The commit behind changes. */
export interface ChangeCause {
  /** Id of the commit. */
  readonly commit: string;
  /** Id of its first parent; null for the first commit of a graph. */
  readonly parent: string | null;
  /** Id of its second parent, that of a merge; else null. */
  readonly mergedParent: string | null;
  /** The branch on which the commit was made. */
  readonly branch: string;
  /** Its author; null where none was named. */
  readonly actor: string | null;
  /** When the write was first submitted, in microseconds since the epoch; stable across retries. */
  readonly authoredAt: number;
  /** When the commit was made, in microseconds since the epoch: the time by which `at` finds it. */
  readonly createdAt: number;
}

/** What one commit changed, in the order of kind (nodes first), type name and id. */
export interface ChangeBlock {
  /** The commit. */
  readonly cause: ChangeCause;
  /** How it changed the schema; none for most commits. */
  readonly schemaSteps: readonly MigrationStep[];
  /** What it changed, in order. */
  readonly changes: readonly ChangedEntity[];
}

/** A page of one commit's changes. */
export interface CommitChangesPage extends ChangeBlock {
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

/** A page of the feed. It ends after a whole commit with a cursor, or inside one that is larger than the page with a page token. */
export interface FeedPage {
  /** One for each commit, also where the filter lets nothing through. The first goes on with a commit that a former page began. */
  readonly blocks: readonly ChangeBlock[];
  /** Durable; keep it with what was made of the blocks. Null inside a commit. */
  readonly cursor: string | null;
  /** Whether the newest commit is reached; null inside a commit. */
  readonly caughtUp: boolean | null;
  /** Goes on inside the commit; null after a whole one. */
  readonly nextPageToken: string | null;
}

/** What a baseline shows, and how the feed goes on after it. */
export interface BaselineEnd {
  /** Id of the commit whose state was shown. */
  readonly commit: string;
  /** Goes on right after that commit. */
  readonly cursor: string;
}

/** What one commit did to an entity. */
export interface HistoryEntry {
  /** The commit. */
  readonly cause: ChangeCause;
  /** The commit's message; null where it has none. */
  readonly message: string | null;
  /** What it did to the entity. */
  readonly change: ChangedEntity;
}
