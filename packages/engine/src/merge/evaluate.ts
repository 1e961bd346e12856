import { setImmediate } from "node:timers/promises";
import { OmnigraphError } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { type ChangeSet, idTextIn, type Reliance } from "@omnigraph/storage";
import type { View } from "../view/view.ts";
import { Candidate } from "../write/constraints/candidate.ts";
import type { WriteDraft } from "../write/draft.ts";
import { footprintOf } from "../write/footprint.ts";
import { NO_READS } from "../write/reads.ts";
import { rowDraft } from "../write/row-draft.ts";
import type { EvaluateOptions } from "../write/mutation/evaluate.ts";
import { Residency } from "../view/residency.ts";
import { compareConflicts, type Conflict, conflictKey } from "./conflict.ts";
import { MergeState, type Sides } from "./merge-state.ts";
import type { Resolutions, UnusedDecision } from "./decisions.ts";
import { resolve } from "./resolve.ts";
import { RestoredEdges } from "./restored-edges.ts";
import { structuralConflicts } from "./structural-conflicts.ts";
import { countOfKind } from "../change-set/counts.ts";

/** The result of a merge: its changes against ours. It must not be published while there are open conflicts. */
export interface MergeDraft extends WriteDraft {
  /** By type the ids of entities that theirs changed and that the result has as in ours. */
  readonly keptOurs: ReadonlyMap<TypeId, readonly string[]>;
  /** The open conflicts, in order. */
  readonly conflicts: readonly Conflict[];
  /** The conflicts that the resolutions decided, in order. */
  readonly resolved: readonly Conflict[];
  /** The unused decisions, while there are open conflicts. */
  readonly unused: readonly UnusedDecision[];
}

/**
 * Merges the changes of both sides since the base, decides conflicts by the resolutions, and checks the whole result. `view` is that of ours. Without
 * effect. The cost is that of the sides' changes. Errors: `resolutions_invalid`, `aborted`.
 */
export async function evaluateMerge(
  view: View,
  sides: Sides,
  resolutions: Resolutions,
  options: EvaluateOptions = {},
): Promise<MergeDraft> {
  const residency = new Residency(options.signal);
  try {
    const merge = new MergeState(view.catalog, sides);
    const resolved = new Map<string, Conflict>();
    let restored: RestoredEdges | null = null;
    // A decision may raise new conflicts or remove others, so the whole is checked afresh after each. It ends: no decision is taken back, but for restored
    // edges, which only get fewer.
    for (;;) {
      const changes = merge.changes();
      const structural = await structuralConflicts(merge, new Candidate(view, changes), residency);
      const conflicts = [...merge.divergent(), ...structural].toSorted(compareConflicts);
      await yieldToLoop(options.signal);
      if (restored !== null && restored.size > 0 && conflicts.length > 0) {
        restored.drop(conflicts);
        continue;
      }
      const outcome = resolve(merge, conflicts, resolutions);
      if (outcome.any) {
        // Conflicts that a cascade has decided are listed as well.
        for (const conflict of conflicts)
          if (!resolved.has(conflictKey(conflict))) resolved.set(conflictKey(conflict), conflict);
        continue;
      }
      // Only now is it known which deleted nodes stay. Their edges come back once; those that cause a conflict go again, above.
      if (outcome.open.length === 0 && resolved.size > 0 && restored === null) {
        restored = new RestoredEdges(merge);
        if (restored.size > 0) continue;
      }
      // What is still open was decided in part at most.
      for (const conflict of conflicts) resolved.delete(conflictKey(conflict));
      // While conflicts are open, an unused decision may be for one that arises when they are decided.
      if (outcome.open.length === 0) resolutions.checkUsed();
      const found = {
        conflicts: outcome.open,
        resolved: [...resolved.values()].toSorted(compareConflicts),
        unused: resolutions.unused(),
      };
      return draftOf(view, merge, changes, found, options);
    }
  } finally {
    residency.release();
  }
}

/** Yields to the event loop, so that a deadline or an abort can stop the merge. */
async function yieldToLoop(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  await setImmediate();
  if (signal.aborted)
    throw new OmnigraphError("aborted", "the merge was stopped by its caller; nothing was written", {
      cause: signal.reason,
    });
}

function draftOf(
  view: View,
  merge: MergeState,
  changes: ChangeSet,
  found: Pick<MergeDraft, "conflicts" | "resolved" | "unused">,
  options: EvaluateOptions,
): MergeDraft {
  const { catalog } = view;
  const byType = new Map(changes.map((change) => [change.type, change]));
  const keptOurs = new Map<TypeId, readonly string[]>();
  const matched: { readonly type: TypeId; readonly rows: ChangeSet[number]["after"] }[] = [];
  for (const one of merge.types) {
    const ids = one.keptOurs(byType.get(one.type.id) ?? null, merge.isCrissCross);
    if (ids.length > 0) keptOurs.set(one.type.id, ids);
    const rows = one.readRows();
    if (rows.length > 0) matched.push({ type: one.type.id, rows });
  }
  const footprint = footprintOf(catalog, changes, { ...NO_READS, matched });
  return {
    ...rowDraft(catalog, changes, options),
    affectedNodes: countOfKind(catalog, changes, "node"),
    affectedEdges: countOfKind(catalog, changes, "edge"),
    commits: true,
    // With resolutions any commit that comes first conflicts: it may remove a conflict that was decided, or add to what a decision cascades to.
    conflictsWith:
      found.resolved.length > 0
        ? () => true
        : (theirs) => changesAny(theirs, merge.ambiguous) || footprint.conflictsWith(theirs, false),
    reliesOn: () => (found.resolved.length > 0 ? null : withKeys(footprint.reliesOn(), merge.ambiguous)),
    onConflict: "evaluate_again",
    keptOurs,
    ...found,
  };
}

/** Whether a change is of one of these entities. What several bases do not agree on must be equal on both sides, changed since a base or not. */
function changesAny(changes: ChangeSet, entities: MergeState["ambiguous"]): boolean {
  return changes.some(({ type, after, before }) => {
    const ids = entities.get(type);
    if (ids === undefined) return false;
    return [after, before].some((rows) => {
      for (let row = 0; row < rows.length; row++) if (ids.has(idTextIn(rows, "id", row))) return true;
      return false;
    });
  });
}

/** A reliance on more entities. */
function withKeys(reliance: Reliance | null, entities: MergeState["ambiguous"]): Reliance | null {
  if (reliance === null || entities.size === 0) return reliance;
  const keys = new Map(reliance.keys);
  for (const [type, ids] of entities) keys.set(type, [...(keys.get(type) ?? []), ...ids]);
  return { ...reliance, keys };
}
