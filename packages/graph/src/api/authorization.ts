import type { PointInTime } from "./graph.ts";

/** What a call does, as a permission. */
export type Action =
  | "read"
  | "export"
  | "change"
  /** Another schema for a branch. */
  | "schema_apply"
  | "branch_create"
  | "branch_delete"
  | "branch_merge"
  /** Maintenance, which changes no row. */
  | "admin";

/** A call that needs permission. */
export interface AuthorizationRequest {
  /** What the call does; for a call that does two things there are two requests. */
  readonly action: Action;
  /** The method: `mutate`, `branches.merge`. */
  readonly call: string;
  /** The author of the write; for a read the author of the handle. Null: nobody is named. */
  readonly actor: string | null;
  /** The branch that is read, changed, made, deleted or merged into; null if the call is not about a single branch. */
  readonly branch: string | null;
  /** The branch or commit that a branch is made from, that is merged, or that a diff begins at. Else null. */
  readonly source: string | null;
  /** The commit, branch or time that is read, if that is not the head of the branch. Else null. */
  readonly at: PointInTime | null;
  /** The names of the types in the arguments of the call; null if there are none, and the call may touch any type. */
  readonly types: readonly string[] | null;
  /**
   * The names of all types that the call reads, sorted, including those that it changes; null as long as they are not known, and for a call that touches no
   * entity. Each call is asked about twice: first with what its arguments name, and again with this and `changes` once they are known, before any effect.
   */
  readonly reads: readonly string[] | null;
  /** The names of all types that the call may change, sorted; empty if it only reads. Null if `reads` is null. */
  readonly changes: readonly string[] | null;
}

/** Decides whether a call is permitted. If it throws, the call fails with `caller_failed`. */
export type Authorize = (request: AuthorizationRequest) => boolean | Promise<boolean>;
