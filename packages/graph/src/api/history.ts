import type { ChangeOperation, EntityKind } from "@omnigraph/wire";
import type { CallOptions } from "./graph.ts";

/** Which changes are asked for. Absent or empty: all. */
export interface ChangeFilter {
  readonly kinds?: readonly EntityKind[];
  /** Names of types. */
  readonly types?: readonly string[];
  readonly ops?: readonly ChangeOperation[];
}

export interface CommitChangesOptions extends CallOptions, ChangeFilter {
  /** Most changes to answer, up to a limit of the system. */
  readonly limit?: number;
  /** Goes on where an earlier page of the same commit and filter ended. */
  readonly pageToken?: string;
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

export interface BaselineOptions extends CallOptions, ChangeFilter {
  /** Default `main`. */
  readonly branch?: string;
}

export interface HistoryOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Most commits to answer. Default: all. */
  readonly limit?: number;
}
