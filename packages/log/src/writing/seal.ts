import type { LogId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { Draft, Write } from "./write.ts";

/** Who deletes a branch, and why. */
export interface SealRequest {
  /** ULID of the deletion. */
  readonly op: string;
  readonly actor: string | null;
  readonly message: string | null;
  /** The commit that the branch must still be at; null: any. */
  readonly ifCommit: string | null;
  /** The log that the name must still have: another branch may be called so by now. Absent: any. */
  readonly ifLogId?: LogId;
}

const SEAL: Draft = {
  kind: "seal",
  changes: { kind: "rows", rows: [], replaced: [] },
  counts: new Map(),
  schema: null,
  conflictsWith: () => false,
  onConflict: "evaluate_again",
};

/** The last write of a branch. It is prepared, so that it stands alone in its object: nothing may come after it. */
export function sealOf({ op, actor, message, ifCommit }: SealRequest, base: CommitRecord): Write {
  return {
    op,
    content: null,
    actor,
    message,
    ifCommit,
    durability: "durable",
    evaluate: () => SEAL,
    prepared: { base, draft: SEAL },
  };
}
