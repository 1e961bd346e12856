import type { OmnigraphError } from "@omnigraph/base";
import type { EntityImage, EntityKind } from "../api/history.ts";
import type { EntityRef, MergeConflict, MergeConflictKind, UnusedResolution } from "../api/merge.ts";

/** An entity on one side of a conflict, as JSON; `endpoints` only of an edge. */
export interface ConflictImageJson {
  readonly endpoints?: NonNullable<EntityImage["endpoints"]>;
  readonly properties: EntityImage["properties"];
}

/** A conflict as the details of `merge_conflict` and the reports of the command line have it. */
export interface MergeConflictJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly entity_id: string | null;
  readonly kind: MergeConflictKind;
  readonly message: string;
  readonly properties: readonly string[];
  readonly with: readonly EntityRefJson[];
  readonly base: ConflictImageJson | null;
  readonly ours: ConflictImageJson | null;
  readonly theirs: ConflictImageJson | null;
}

export interface EntityRefJson {
  readonly entity_kind: EntityKind;
  readonly type_name: string;
  readonly entity_id: string;
}

/** A decision that decided nothing, beside the conflicts that are left. */
export interface UnusedResolutionJson extends EntityRefJson {
  readonly message: string;
}

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
    base: imageJson(base),
    ours: imageJson(ours),
    theirs: imageJson(theirs),
  };
}

/** The details of a `merge_conflict`. */
export function conflictDetails(
  conflicts: readonly MergeConflict[],
  unused: readonly UnusedResolution[],
): {
  readonly merge_conflicts: readonly MergeConflictJson[];
  readonly unused_resolutions?: readonly UnusedResolutionJson[];
} {
  return {
    merge_conflicts: conflicts.map(conflictJson),
    ...(unused.length === 0 ? {} : { unused_resolutions: unused.map(unusedJson) }),
  };
}

export function unusedJson({ message, ...entity }: UnusedResolution): UnusedResolutionJson {
  return { ...refJson(entity), message };
}

/** The conflicts in the details of a `merge_conflict`. */
export function conflictsOf(error: OmnigraphError): readonly MergeConflictJson[] {
  const listed = error.details["merge_conflicts"];
  // Errors of this reason get their details from `conflictDetails` alone.
  return Array.isArray(listed) ? (listed as readonly MergeConflictJson[]) : [];
}

function refJson({ kind, type, id }: EntityRef): EntityRefJson {
  return { entity_kind: kind, type_name: type, entity_id: id };
}

function imageJson(image: EntityImage | null): ConflictImageJson | null {
  if (image === null) return null;
  const { endpoints, properties } = image;
  return endpoints === null ? { properties } : { endpoints, properties };
}
