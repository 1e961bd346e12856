import type { OmnigraphError } from "@omnigraph/base";
import type { EntityImage } from "../answers/changes.ts";
import type {
  EntityRef,
  MergeAnswer,
  MergeConflict,
  MergePreview,
  RevertAnswer,
  UnusedResolution,
} from "../answers/merges.ts";
import type {
  EntityImageJson,
  EntityRefJson,
  MergeConflictJson,
  MergeJson,
  MergePreviewJson,
  RevertJson,
  UnusedResolutionJson,
} from "../shapes.generated.ts";
import { countsJson, imageJson } from "./changes.ts";
import { commitJson } from "./commits.ts";
import { stepJson } from "./migrations.ts";

export function mergeJson(answer: MergeAnswer): MergeJson {
  const { source, target, outcome, actor, commit, resolved, branchDeleted, branchDeleteError } = answer;
  return {
    source,
    target,
    outcome,
    actor_id: actor,
    ...(branchDeleted === null ? {} : { branch_deleted: branchDeleted }),
    ...(branchDeleteError === null ? {} : { branch_delete_error: branchDeleteError }),
    ...(commit === null ? {} : { commit: commitJson(commit) }),
    ...(resolved.length === 0 ? {} : { resolved: resolved.map(conflictJson) }),
  };
}

export function previewJson({
  source,
  target,
  outcome,
  bases,
  schemaSteps,
  changes,
  resolved,
  conflicts,
  unused,
  would,
}: MergePreview): MergePreviewJson {
  return {
    source,
    target,
    outcome,
    would,
    bases,
    ...(schemaSteps.length === 0 ? {} : { schema_steps: schemaSteps.map(stepJson) }),
    changes: countsJson(changes),
    resolved: resolved.map(conflictJson),
    ...conflictDetails(conflicts, unused),
  };
}

export function revertJson({ branch, reverted, actor, commit, resolved }: RevertAnswer): RevertJson {
  return {
    branch,
    reverted,
    actor_id: actor,
    commit: commit === null ? null : commitJson(commit),
    resolved: resolved.map(conflictJson),
  };
}

/**
 * A conflict in its JSON form.
 *
 * @example
 * ```ts
 * import { conflictJson } from "omnigraph";
 *
 * await graph.branches.create("draft");
 * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
 * await graph.mutate('update Person set { age: 43 } where name = "Ann"');
 * const { conflicts } = await graph.branches.previewMerge("draft");
 * console.log(conflicts.map(conflictJson).map(({ entity_id, kind }) => [entity_id, kind])); // [ [ 'Ann', 'divergent_update' ] ]
 * ```
 */
export function conflictJson(conflict: MergeConflict): MergeConflictJson {
  const { entityKind, type, id, kind, message, properties, base, ours, theirs } = conflict;
  return {
    entity_kind: entityKind,
    type_name: type,
    entity_id: id,
    kind,
    message,
    properties,
    with: conflict.with.map(refJson),
    base: sideJson(base),
    ours: sideJson(ours),
    theirs: sideJson(theirs),
  };
}

/** The details of a `merge_conflict`. */
export function conflictDetails(
  conflicts: readonly MergeConflict[],
  unused: readonly UnusedResolution[],
): Pick<MergePreviewJson, "merge_conflicts" | "unused_resolutions"> {
  return {
    merge_conflicts: conflicts.map(conflictJson),
    ...(unused.length === 0 ? {} : { unused_resolutions: unused.map(unusedJson) }),
  };
}

/**
 * The conflicts that an error carries, in their JSON form; none where it is another error.
 *
 * @example
 * ```ts
 * import { conflictsOf, OmnigraphError } from "omnigraph";
 *
 * await graph.branches.create("draft");
 * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
 * await graph.mutate('update Person set { age: 43 } where name = "Ann"');
 * await graph.branches.merge("draft").catch((thrown: unknown) => {
 *   if (!(thrown instanceof OmnigraphError)) throw thrown;
 *   console.log(thrown.reason, conflictsOf(thrown).length); // merge_conflict 1
 * });
 * ```
 */
export function conflictsOf(error: OmnigraphError): readonly MergeConflictJson[] {
  const listed = error.details["merge_conflicts"];
  // Errors of this reason get their details from `conflictDetails` alone.
  return Array.isArray(listed) ? (listed as readonly MergeConflictJson[]) : [];
}

/**
 * A decision that decided nothing, in its JSON form.
 *
 * @example
 * ```ts
 * import { unusedJson } from "omnigraph";
 *
 * await graph.branches.create("draft");
 * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
 * await graph.mutate('update Person set { age: 43 } where name = "Ann"');
 * const { unused } = await graph.branches.previewMerge("draft", {
 *   resolutions: { entities: [{ kind: "node", type: "Person", id: "Bob", take: "ours" }] },
 * });
 * console.log(unused.map(unusedJson).map(({ entity_id }) => entity_id)); // [ 'Bob' ]
 * ```
 */
export function unusedJson({ message, ...entity }: UnusedResolution): UnusedResolutionJson {
  return { ...refJson(entity), message };
}

function refJson({ kind, type, id }: EntityRef): EntityRefJson {
  return { entity_kind: kind, type_name: type, entity_id: id };
}

function sideJson(image: EntityImage | null): EntityImageJson | null {
  return image === null ? null : imageJson(image);
}
