import type { CommitId, LogId } from "../address.ts";

/** What is wrong with an object of a graph, or with what several of them say of each other. */
export type LogFindingKind =
  | "format_damaged"
  | "format_newer"
  | "record_damaged"
  | "record_missing"
  | "record_wrong"
  | "slot_missing"
  | "slot_damaged"
  | "slot_of_other_graph"
  | "chain_broken"
  | "commit_wrong"
  | "layout_damaged"
  | "schema_damaged"
  | "digest_damaged"
  | "retention_damaged"
  | "pin_damaged"
  | "log_unnamed"
  | "object_unknown";

/** What a finding is about, which tells who is harmed by it. */
export type Subject =
  | { readonly kind: "graph" }
  | { readonly kind: "branch"; readonly name: string }
  /** The slots `from` to `to` of a log, both included. */
  | { readonly kind: "slots"; readonly logId: LogId; readonly from: number; readonly to: number }
  /** An object that is named by its hash, and one commit that names it. */
  | { readonly kind: "layout" | "schema"; readonly hash: string; readonly commit: CommitId }
  /** Nobody: reads are slower at most. */
  | { readonly kind: "nobody" };

export interface LogFinding {
  readonly kind: LogFindingKind;
  /** Key of the object, from the root of the graph. */
  readonly key: string;
  readonly problem: string;
  readonly subject: Subject;
}

export const NOBODY: Subject = { kind: "nobody" };

/** About one slot. */
export function slotSubject(logId: LogId, slot: number): Subject {
  return { kind: "slots", logId, from: slot, to: slot };
}
