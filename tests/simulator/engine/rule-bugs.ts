import type { CommitDraft, WriteRequest } from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import { idsOf } from "../payload.ts";

/** Bugs of the rule for what conflicts with what, which is the engine's. */
export const RULE_BUGS = [
  /** A write conflicts only with what it writes itself: what it read is forgotten. */
  "forgets_reads",
  /** A write does not notice what others deleted. */
  "forgets_deletions",
  /** Writes do not notice what a fast forward brought. */
  "forward_unseen",
  /** A fast forward is published though others came first. */
  "forward_not_again",
  /** A merge is published though another one came first, as long as no row of it is concerned. */
  "merge_ignores_merges",
] as const;

type RuleBug = (typeof RULE_BUGS)[number];

type Rule = (draft: CommitDraft, theirs: ChangeSet, isMerge: boolean) => boolean;

/** What the bugs make of the rule. */
const RULES: Readonly<Record<RuleBug, Rule>> = {
  forgets_reads: (draft, theirs, isMerge) =>
    draft.changes.kind === "rows" && draft.merge === undefined
      ? overlaps(draft.changes.rows, theirs)
      : draft.conflictsWith(theirs, isMerge),
  forgets_deletions: (draft, theirs, isMerge) => draft.conflictsWith(withoutDeletions(theirs), isMerge),
  // What a fast-forward brought is hidden where it is asked for.
  forward_unseen: (draft, theirs, isMerge) => theirs !== UNSEEN && draft.conflictsWith(theirs, isMerge),
  forward_not_again: (draft, theirs, isMerge) =>
    draft.changes.kind !== "fast_forward" && draft.conflictsWith(theirs, isMerge),
  merge_ignores_merges: (draft, theirs, isMerge) =>
    draft.conflictsWith(theirs, isMerge && draft.changes.kind === "fast_forward"),
};

/** Stands for the rows of a fast-forward that goes unnoticed. */
const UNSEEN: ChangeSet = [];

/** A draft whose rule has the bug, if it is one of the rule. */
export function withRule<D extends CommitDraft>(draft: D, bug: string): D {
  const found = RULE_BUGS.find((name) => name === bug);
  if (found === undefined) return draft;
  return { ...draft, conflictsWith: (theirs, isMerge) => RULES[found](draft, theirs, isMerge) };
}

/** As `WriteRequest.rowsOf`, with the bug if it is one of that. */
export function withRows(rowsOf: WriteRequest["rowsOf"], bug: string): WriteRequest["rowsOf"] {
  return async (theirs) =>
    bug === "forward_unseen" && theirs.changes.kind === "fast_forward" ? UNSEEN : rowsOf(theirs);
}

/** Whether two changes write one row. */
function overlaps(ours: ChangeSet, theirs: ChangeSet): boolean {
  const written = new Set(ours.flatMap(idsIn));
  return theirs.flatMap(idsIn).some((id) => written.has(id));
}

function idsIn({ type, after, before }: ChangeSet[number]): readonly string[] {
  return [...idsOf(after), ...idsOf(before)].map((id) => `${type} ${id}`);
}

function withoutDeletions(changes: ChangeSet): ChangeSet {
  return changes.filter(({ before, updated }) => before.length === updated);
}
