import type { EntityRef, MergeAnswer, MergeConflict } from "../answers/merges.ts";
import { CONFLICT_KINDS, ENTITY_KINDS, MERGE_OUTCOMES } from "../words.ts";
import { imageOrNull } from "./changes.ts";
import { commitOrNull } from "./commits.ts";
import type { Members } from "./members.ts";

export function mergeOf(json: Members): MergeAnswer {
  return {
    source: json.text("source"),
    target: json.text("target"),
    outcome: json.oneOf("outcome", MERGE_OUTCOMES),
    actor: json.textOrNull("actor_id"),
    commit: commitOrNull(json, "commit"),
    resolved: json.objects("resolved").map(conflictOf),
    branchDeleted: json.flagOrNull("branch_deleted"),
    branchDeleteError: json.textOrNull("branch_delete_error"),
  };
}

function conflictOf(json: Members): MergeConflict {
  return {
    kind: json.oneOf("kind", CONFLICT_KINDS),
    entityKind: json.oneOf("entity_kind", ENTITY_KINDS),
    type: json.text("type_name"),
    id: json.textOrNull("entity_id"),
    properties: json.texts("properties"),
    with: json.objects("with").map(refOf),
    message: json.text("message"),
    base: imageOrNull(json, "base"),
    ours: imageOrNull(json, "ours"),
    theirs: imageOrNull(json, "theirs"),
  };
}

function refOf(json: Members): EntityRef {
  return {
    kind: json.oneOf("entity_kind", ENTITY_KINDS),
    type: json.text("type_name"),
    id: json.text("entity_id"),
  };
}
