import type { Action, Call, Calls } from "./calls.ts";

/** How much of what happened in a run. Calls count where they were answered with success, and with a commit where they make one. */
export interface Totals {
  readonly commits: number;
  readonly edits: number;
  readonly creates: number;
  readonly deletes: number;
  readonly merges: number;
  readonly forwards: number;
  readonly upToDate: number;
  readonly reverts: number;
  readonly folds: number;
  readonly migrations: number;
  readonly cleanups: number;
  /** Commits and tables that went. */
  readonly reclaimed: number;
  /** Calls that were told that what they need is gone. */
  readonly gone: number;
  readonly backups: number;
  readonly checks: number;
  readonly repairs: number;
  readonly reads: number;
  readonly previews: number;
  readonly diffs: number;
  readonly polls: number;
  /** Edits, merges and reverts that had nothing to do. */
  readonly nothing: number;
  /** Refused by what the graph holds: constraints, conflicts of merges, conditions. */
  readonly refused: number;
  /** Edits that read what others changed before their commit could be put, and were not evaluated again. */
  readonly overtaken: number;
  readonly conflicts: number;
  readonly unknown: number;
  readonly stopped: number;
  readonly tooLate: number;
  /** Calls that were told that the disk is full. */
  readonly full: number;
  /** Temporary files that found no room. */
  readonly unspilled: number;
  readonly relaxed: number;
  readonly crashes: number;
  readonly closes: number;
  readonly powerLosses: number;
  readonly replacements: number;
}

/** What is not counted by calls. */
type World = "commits" | "crashes" | "closes" | "powerLosses" | "replacements" | "unspilled";

/** What makes a commit, or has nothing to do. */
const MAKERS: ReadonlySet<Action["kind"]> = new Set<Action["kind"]>(["edit", "merge", "revert"]);

export function countCalls({ all }: Calls): Omit<Totals, World> {
  const count = (test: (call: Call) => boolean): number => all.filter(test).length;
  const made = (kind: Action["kind"]): number =>
    count(
      ({ errand, answer }) =>
        errand.action.kind === kind && answer?.kind === "done" && answer.commit !== null,
    );
  const done = (kind: Action["kind"]): number =>
    count(({ errand, answer }) => errand.action.kind === kind && answer?.kind === "done");
  const told = (reason: string): number =>
    count(({ answer }) => answer?.kind === "refused" && answer.reason === reason);
  const came = (outcome: string): number =>
    count(({ answer }) => answer?.kind === "done" && answer.outcome === outcome);
  return {
    edits: made("edit"),
    creates: made("create"),
    deletes: done("delete"),
    merges: made("merge"),
    forwards: came("fast_forward"),
    upToDate: came("already_up_to_date"),
    reverts: made("revert"),
    folds: made("optimize"),
    migrations: made("migrate"),
    cleanups: done("cleanup"),
    reclaimed: all.reduce(
      (sum, { answer }) => sum + (answer?.kind === "done" ? (answer.reclaimed ?? 0) : 0),
      0,
    ),
    backups: done("backup"),
    checks: done("fsck"),
    repairs: done("repair"),
    gone: told("history_reclaimed"),
    reads: made("read"),
    previews: done("preview"),
    diffs: done("diff"),
    polls: done("follow"),
    nothing: count(
      ({ errand: { action }, answer }) =>
        answer?.kind === "done" && answer.commit === null && MAKERS.has(action.kind),
    ),
    refused: count(({ answer }) => answer?.kind === "refused" && answer.reason !== "store_transient"),
    overtaken: told("read_set_conflict"),
    conflicts: told("merge_conflict"),
    stopped: told("aborted"),
    tooLate: told("deadline_exceeded"),
    full: told("store_full"),
    relaxed: count(({ isRelaxed, answer }) => isRelaxed && answer?.kind === "done"),
    unknown: count(({ answer }) => answer?.kind === "unknown"),
  };
}
