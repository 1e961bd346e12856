import type { LogId } from "../address.ts";
import { NOTHING } from "@omnigraph/storage";
import type { CommitDraft } from "../commit/draft.ts";
import type { WriteRequest } from "./request.ts";

/** A request to delete a branch. */
export interface SealRequest {
  /** ULID: the identity of the deletion across retries. */
  readonly op: string;
  readonly actor: string | null;
  readonly message: string | null;
  /** The commit that the branch must still be at; null: any. */
  readonly ifCommit: string | null;
  /** The log that the name must still refer to: by now another branch may have the name. Absent: any. */
  readonly ifLogId?: LogId;
}

/** A seal changes no row and conflicts with no commit. */
export const SEAL: CommitDraft = { ...NOTHING, commits: true };

/** The last write of a branch. It is submitted with `SEAL` prepared, so that it is alone in its object: nothing may come after it. */
export function sealOf({ op, actor, message, ifCommit }: SealRequest): WriteRequest {
  return {
    kind: "seal",
    op,
    content: null,
    actor,
    message,
    ifCommit,
    durability: "durable",
    evaluate: () => SEAL,
    rowsOf: async () => [],
  };
}
