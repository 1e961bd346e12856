import type { AnswerValue } from "@omnigraph/language";
import type { CallOptions } from "./graph.ts";

export type EntityKind = "node" | "edge";

/** What became of one entity. */
export type ChangeOperation = "insert" | "update" | "delete";

/** Which changes are asked for. Absent or empty: all. */
export interface ChangeFilter {
  readonly kinds?: readonly EntityKind[];
  /** Names of types. */
  readonly types?: readonly string[];
  readonly ops?: readonly ChangeOperation[];
}

/** A whole entity as it was: Date in epoch days, DateTime in epoch milliseconds, 64-bit integers beyond 2^53 as bigint. */
export interface EntityImage {
  /** By name; every property of the type, null where it has no value. */
  readonly properties: Readonly<Record<string, AnswerValue>>;
  /** Ids of the nodes at the ends; null for a node. */
  readonly endpoints: { readonly from: string; readonly to: string } | null;
}

/** What became of one entity: an insert has no image before, a delete none after. */
export interface ChangedEntity {
  readonly kind: EntityKind;
  /** The id is opaque and survives a rename. */
  readonly type: { readonly id: string; readonly name: string };
  readonly id: string;
  readonly op: ChangeOperation;
  readonly before: EntityImage | null;
  readonly after: EntityImage | null;
}

/** The commit behind changes. */
export interface ChangeCause {
  readonly commit: string;
  readonly parent: string | null;
  readonly mergedParent: string | null;
  /** The branch on which the commit was made. */
  readonly branch: string;
  readonly actor: string | null;
  /** When the write was first submitted, in microseconds since the epoch; stable across retries. */
  readonly authoredAt: number;
  /** When the commit was made, in microseconds since the epoch: the time by which `at` finds it. */
  readonly createdAt: number;
}

/** What one commit changed, in the order of kind (nodes first), type name and id. */
export interface ChangeBlock {
  readonly cause: ChangeCause;
  readonly changes: readonly ChangedEntity[];
}

export interface CommitChangesOptions extends CallOptions, ChangeFilter {
  /** Most changes to answer, up to a limit of the system. */
  readonly limit?: number;
  /** Goes on where an earlier page of the same commit and filter ended. */
  readonly pageToken?: string;
}

/** A page of one commit's changes. */
export interface CommitChangesPage extends ChangeBlock {
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

/** Where a feed begins: after the newest commit, before the oldest, or after the commit of an id. */
export type FeedStart = "now" | "beginning" | { readonly after: string };

export interface PollOptions extends CallOptions, ChangeFilter {
  /** Default `main`. */
  readonly branch?: string;
  /** Goes on after what an earlier poll of the same branch and filter answered. Excludes `start` and `pageToken`. */
  readonly cursor?: string;
  /** Default `now`. */
  readonly start?: FeedStart;
  /** Goes on inside a commit that was too large for one page. */
  readonly pageToken?: string;
  /** Most changes to answer, up to a limit of the system; a commit without any counts as one. */
  readonly limit?: number;
}

/** A page of the feed. It ends after a whole commit with a cursor, or inside one that is larger than the page with a page token. */
export interface FeedPage {
  /** One for each commit, also where the filter lets nothing through. The first goes on with a commit that a former page began. */
  readonly blocks: readonly ChangeBlock[];
  /** Durable; keep it with what was made of the blocks. Null inside a commit. */
  readonly cursor: string | null;
  /** Whether the newest commit is reached; null inside a commit. */
  readonly caughtUp: boolean | null;
  readonly nextPageToken: string | null;
}

export interface BaselineOptions extends CallOptions, ChangeFilter {
  /** Default `main`. */
  readonly branch?: string;
}

/** What a baseline shows, and how the feed goes on after it. */
export interface BaselineEnd {
  readonly commit: string;
  readonly cursor: string;
}

export interface HistoryOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Most commits to answer. Default: all. */
  readonly limit?: number;
}

/** What one commit did to an entity. */
export interface HistoryEntry {
  readonly cause: ChangeCause;
  readonly message: string | null;
  readonly change: ChangedEntity;
}
