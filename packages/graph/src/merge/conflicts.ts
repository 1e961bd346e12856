import { OmnigraphError } from "@omnigraph/base";
import type { Conflict } from "@omnigraph/engine";
import { entityImage } from "../history/images.ts";
import type { EntityImage } from "../history/api.ts";
import type { MergeConflict } from "./api.ts";

/** Conflicts that the message of an error names; its details hold all. */
const SHOWN = 20;

/** A conflict as callers see it. */
export function renderedConflict({
  kind,
  type,
  id,
  properties,
  others,
  message,
  images,
}: Conflict): MergeConflict {
  return {
    kind,
    entityKind: type.kind,
    type: type.name,
    id,
    properties,
    with: others.map((other) => ({ kind: other.type.kind, type: other.type.name, id: other.id })),
    message,
    base: entityImage(type, images.base),
    ours: entityImage(type, images.ours),
    theirs: entityImage(type, images.theirs),
  };
}

/** The refusal of a merge, or of a revert, because of what is left to be decided. */
export function mergeConflict(what: string, conflicts: readonly Conflict[]): OmnigraphError {
  const shown = conflicts.slice(0, SHOWN).map(({ kind, message }) => `- ${message} (${kind})`);
  const more = conflicts.length > SHOWN ? [`- and ${conflicts.length - SHOWN} more`] : [];
  const count = conflicts.length === 1 ? "one conflict" : `${conflicts.length} conflicts`;
  return new OmnigraphError(
    "merge_conflict",
    `${what} meets ${count}; nothing was written:\n${[...shown, ...more].join("\n")}`,
    { details: { merge_conflicts: conflicts.map((conflict) => conflictJson(renderedConflict(conflict))) } },
  );
}

/** A conflict in the names of the wire contract. */
export function conflictJson(conflict: MergeConflict): Readonly<Record<string, unknown>> {
  const { kind, entityKind, type, id, properties, message, base, ours, theirs } = conflict;
  return {
    entity_kind: entityKind,
    type_name: type,
    entity_id: id,
    kind,
    message,
    properties,
    with: conflict.with.map((other) => ({
      entity_kind: other.kind,
      type_name: other.type,
      entity_id: other.id,
    })),
    base: imageJson(base),
    ours: imageJson(ours),
    theirs: imageJson(theirs),
  };
}

function imageJson(image: EntityImage | null): Readonly<Record<string, unknown>> | null {
  if (image === null) return null;
  const { properties, endpoints } = image;
  return endpoints === null ? { properties } : { endpoints, properties };
}
