import { OmnigraphError } from "@omnigraph/base";
import type { Conflict, MergeDraft, UnusedDecision } from "@omnigraph/engine";
import type { SchemaConflict } from "@omnigraph/language";
import {
  conflictDetails,
  type MergeConflict,
  type MergeOutcome,
  type MergeProspect,
  type UnusedResolution,
} from "@omnigraph/wire";
import { entityImage } from "../history/images.ts";

/** Most conflicts in the message of an error; its details have all. */
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

/** A conflict of two schemas as callers see it: about a type, or one of its properties. Only a strategy decides it. */
export function renderedSchemaConflict(conflict: SchemaConflict): MergeConflict {
  const { typeKind, typeName, property, message, base, ours, theirs } = conflict;
  const texts = Object.entries({ base, ours, theirs }).flatMap(([side, text]) =>
    text === undefined ? [] : [`${side} ${text}`],
  );
  return {
    kind: "schema_conflict",
    entityKind: typeKind,
    type: typeName,
    id: null,
    properties: property === null ? [] : [property],
    with: [],
    message: texts.length === 0 ? message : `${message}: ${texts.join(", ")}`,
    base: null,
    ours: null,
    theirs: null,
  };
}

/** What a merge would do, before its conflicts are decided. */
export function prospectOf(outcome: MergeOutcome, hasConflicts: boolean): MergeProspect {
  if (hasConflicts) return "conflict";
  const prospects = { already_up_to_date: "nothing", fast_forward: "fast_forward", merged: "merge" } as const;
  return prospects[outcome];
}

/** An unused decision, as callers see it. */
export function renderedUnused({ entity: { type, id }, message }: UnusedDecision): UnusedResolution {
  return { kind: type.kind, type: type.name, id, message };
}

/** The error of a merge or a revert with undecided conflicts. */
export function mergeConflict(
  what: string,
  { conflicts: ofRows, unused }: Pick<MergeDraft, "conflicts" | "unused">,
  ofSchemas: readonly SchemaConflict[],
): OmnigraphError {
  const conflicts = [...ofSchemas.map(renderedSchemaConflict), ...ofRows.map(renderedConflict)];
  const shown = conflicts.slice(0, SHOWN).map(({ kind, message }) => `- ${message} (${kind})`);
  const more = conflicts.length > SHOWN ? [`- and ${conflicts.length - SHOWN} more`] : [];
  const count = conflicts.length === 1 ? "one conflict" : `${conflicts.length} conflicts`;
  const idle = unused.map(renderedUnused);
  const slips = idle.slice(0, SHOWN).map(({ message }) => `- a decision is of no use so far: ${message}`);
  return new OmnigraphError(
    "merge_conflict",
    `${what} meets ${count}; nothing was written:\n${[...shown, ...more, ...slips].join("\n")}`,
    { details: conflictDetails(conflicts, idle) },
  );
}
