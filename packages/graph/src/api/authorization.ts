import type { PointInTime } from "./graph.ts";

/** What a call does, as permissions name it. */
export type Action =
  | "read"
  | "export"
  | "change"
  | "branch_create"
  | "branch_delete"
  | "branch_merge"
  /** Maintenance, which changes no row. */
  | "admin";

/** A call that waits to be permitted. */
export interface AuthorizationRequest {
  /** What the call does; one that does two things is asked about twice. */
  readonly action: Action;
  /** The method: `mutate`, `branches.merge`. */
  readonly call: string;
  /** Who would be its author; of a read the author of the handle. Null: nobody is named. */
  readonly actor: string | null;
  /** The branch that is read, changed, made or deleted, or merged into; null where the call is about no single one. */
  readonly branch: string | null;
  /** What a branch is made from or merged from, or a diff begins at: a branch or a commit. Else null. */
  readonly source: string | null;
  /** Where another state than the head of the branch is read: a commit, a branch or a time. Else null. */
  readonly at: PointInTime | null;
  /** The names of the types that the call names; null where it names none, and may touch any. */
  readonly types: readonly string[] | null;
  /**
   * The names of all types that the call reads, sorted, those that it changes among them; null while that is not known, and of a call that touches no entity.
   * A call is asked about once with what it names, and once more with this and `changes`, as soon as they are known and before it has any effect.
   */
  readonly reads: readonly string[] | null;
  /** The names of all types that the call may change, sorted; empty where it only reads. Null where `reads` is. */
  readonly changes: readonly string[] | null;
}

/** Says whether a call may go on. What it throws is `caller_failed`, and the call does not go on either. */
export type Authorize = (request: AuthorizationRequest) => boolean | Promise<boolean>;
