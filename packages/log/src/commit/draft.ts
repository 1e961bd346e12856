import type { Draft } from "@omnigraph/storage";
import type { CommitChanges, CommitRecord, KeptOurs } from "./header.ts";

/** A draft with what only the log knows of: another schema, a second parent, a fold. */
export interface CommitDraft extends Omit<Draft, "changes"> {
  readonly changes: CommitChanges;
  /** Set for a fold: whether what it replaces is still there at a commit. Asked in place of `conflictsWith`. */
  holdsAt?(commit: CommitRecord): Promise<boolean>;
  /** Hash of a new schema, whose object was put; absent: the schema stays. */
  readonly schema?: string;
  /** Set for a merge: its second parent, and what of that side's changes the result did not take. A fast-forward changes nothing else. */
  readonly merge?: { readonly theirs: CommitRecord; readonly keptOurs: KeptOurs };
}
