import type { Value } from "@omnigraph/base";
import type { ColumnKey } from "@omnigraph/storage";
import { entityName } from "../write/problem.ts";
import type { Conflict, Side } from "./conflict.ts";
import type { MergeState } from "./merge-state.ts";
import { keysNamed } from "./properties.ts";
import { type BoundDecision, invalid, type Resolutions } from "./decisions.ts";
import {
  decideConflict,
  decideConflicts,
  type Strategy,
  type ExplicitDecision,
  take,
  takeSide,
} from "./decide-by-side.ts";

/** The conflicts after applying resolutions. */
export interface Resolved {
  /** Whether anything was decided. */
  readonly any: boolean;
  readonly open: readonly Conflict[];
}

/**
 * Decides conflicts by the resolutions. The strategy is applied only once no decision on an entity applies any more, because the cascades of such a
 * decision may decide the rest. Throws `resolutions_invalid`.
 */
export function resolve(
  merge: MergeState,
  conflicts: readonly Conflict[],
  resolutions: Resolutions,
): Resolved {
  const decided = new Set<Conflict>();
  const broken = new Map<Conflict, Conflict>();
  for (const conflict of conflicts) {
    const refused = explicitCells(merge, conflict, resolutions);
    if (refused === "decided") decided.add(conflict);
    else if (refused !== null) broken.set(conflict, refused);
  }
  const left = conflicts.filter((conflict) => !decided.has(conflict) && !broken.has(conflict));
  const explicit: ExplicitDecision = (entity) => resolutions.choiceOn(entity);
  for (const conflict of left) if (byDecision(merge, conflict, explicit)) decided.add(conflict);
  const { strategy } = resolutions;
  if (decided.size === 0 && strategy !== null)
    for (const conflict of byStrategy(merge, left, strategy, explicit)) decided.add(conflict);
  const open = conflicts.filter((conflict) => !decided.has(conflict));
  return { any: decided.size > 0, open: open.map((conflict) => broken.get(conflict) ?? conflict) };
}

/** Decides conflicts by the strategy. Answers those for which anything was decided. */
function byStrategy(
  merge: MergeState,
  conflicts: readonly Conflict[],
  { side, takesEntities }: Strategy,
  explicit: ExplicitDecision,
): readonly Conflict[] {
  if (!takesEntities) return decideConflicts(merge, conflicts, side, explicit);
  return conflicts.filter((conflict) => takeSide(merge, conflict, side, explicit));
}

/** Decides a conflict by the decision on its entity, or on another entity in it. Answers whether anything was decided. */
function byDecision(merge: MergeState, conflict: Conflict, explicit: ExplicitDecision): boolean {
  const { type, id, others } = conflict;
  const itself = id === null ? null : explicit({ type, id });
  if (itself === "ours" || itself === "theirs") return takeSide(merge, conflict, itself, explicit);
  if (itself?.kind === "conflicts") return decideConflict(merge, conflict, itself.side, explicit);
  let any = false;
  for (const other of others) {
    const choice = explicit(other);
    if (choice === null) continue;
    if (typeof choice === "string") {
      any = take(merge, other, choice, explicit) || any;
      if (conflict.kind === "cardinality_violation") any = takeSide(merge, conflict, choice, explicit) || any;
    } else if (choice.kind === "conflicts")
      any = decideConflict(merge, conflict, choice.side, explicit) || any;
  }
  return any;
}

/** Decides a divergence property by property, if its entity has such a decision; else null. A value can raise a new conflict, which is answered. */
function explicitCells(
  merge: MergeState,
  conflict: Conflict,
  resolutions: Resolutions,
): "decided" | Conflict | null {
  const { type, id } = conflict;
  if (id === null) return null;
  const divergence = merge.of(type)?.divergences.get(id);
  if (divergence === undefined) return null;
  const decision = resolutions.cellsOn({ type, id });
  if (decision === null) return null;
  if (divergence.kind === "delete_vs_update")
    throw invalid(
      decision.entity,
      "was deleted on one side: it needs a side to take, not decisions on properties",
    );
  const problems = [...decision.cells.values()].flatMap(({ choice }) =>
    choice.kind === "value" && choice.problem !== null ? [choice.problem] : [],
  );
  if (problems.length > 0) {
    const message = `${entityName(type, id)}: the resolution breaks the schema: ${problems.join("; ")}`;
    return { ...conflict, kind: "value_constraint_violation", message };
  }
  const sources = sourcesOf(conflict, divergence.sources, decision, resolutions.strategy?.side ?? null);
  if (sources === null) return null;
  merge.decide({ type, id }, { kind: "cells", sources });
  return "decided";
}

type Sources = ReadonlyMap<ColumnKey, "theirs" | { readonly value: Value }>;

/** The source of every cell; null while a property in conflict has no decision. */
function sourcesOf(
  { properties }: Conflict,
  agreed: Sources,
  { entity, cells }: BoundDecision,
  strategy: Side | null,
): Sources | null {
  const sources = new Map(agreed);
  for (const name of properties) {
    if (cells.has(name) || (name === "to" && cells.has("from")) || (name === "from" && cells.has("to")))
      continue;
    if (strategy === null) return null;
    if (strategy === "theirs") for (const key of keysNamed(entity.type, name)) sources.set(key, "theirs");
  }
  for (const { keys, choice } of cells.values()) {
    for (const key of keys) {
      if (choice.kind === "value") sources.set(key, { value: choice.value });
      else if (choice.side === "theirs") sources.set(key, "theirs");
      else sources.delete(key);
    }
  }
  return sources;
}
