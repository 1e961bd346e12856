import type { ChangeOperation, EntityKind } from "@omnigraph/wire";
import type { CallOptions } from "./graph.ts";

/** Which changes are shown. Absent or empty: all. */
export interface ChangeFilter {
  /** Nodes, edges, or both. */
  readonly kinds?: readonly EntityKind[];
  /** Names of types. */
  readonly types?: readonly string[];
  /** Inserts, updates, deletes. */
  readonly ops?: readonly ChangeOperation[];
}

/** Which changes of a commit are shown. */
export interface CommitChangesOptions extends CallOptions, ChangeFilter {
  /** Most changes to answer, at most the limit `changesPageMost`. Default: the limit `changesPage`. */
  readonly limit?: number;
  /** Continues where an earlier page of the same commit and filter ended. */
  readonly pageToken?: string;
}

/** Where a feed begins: after the newest commit, before the oldest, or after a given commit. */
export type FeedStart = "now" | "beginning" | { readonly after: string };

/** Where the feed continues, and which changes it shows. */
export interface PollOptions extends CallOptions, ChangeFilter {
  /** Default `main`. */
  readonly branch?: string;
  /** Continues after the result of an earlier poll of the same branch and filter. Excludes `start` and `pageToken`. */
  readonly cursor?: string;
  /** Default `now`. */
  readonly start?: FeedStart;
  /** Continues inside a commit that was too large for one page. */
  readonly pageToken?: string;
  /** Most changes to answer, at most the limit `changesPageMost`; a commit without any counts as one. Default: the limit `changesPage`. */
  readonly limit?: number;
}

/** Which branch is shown, and which changes polls with the cursor show. */
export interface BaselineOptions extends CallOptions, ChangeFilter {
  /** Default `main`. */
  readonly branch?: string;
}

/** Of which branch, and how many commits. */
export interface HistoryOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Most commits to answer. Default: all. */
  readonly limit?: number;
}
