import type {
  BaselineEnd,
  ChangeBlock,
  ChangeCause,
  ChangedEntity,
  CommitChangesPage,
  EntityImage,
  FeedPage,
} from "../answers/changes.ts";
import { CHANGE_OPERATIONS, ENTITY_KINDS } from "../words.ts";
import type { Members } from "./members.ts";
import { stepOf } from "./migrations.ts";

export function commitChangesOf(json: Members): CommitChangesPage {
  return { ...blockOf(json), nextPageToken: json.textOrNull("next_page_token") };
}

export function feedOf(json: Members): FeedPage {
  return {
    blocks: json.objects("blocks").map(blockOf),
    cursor: json.textOrNull("cursor"),
    caughtUp: json.flagOrNull("caught_up"),
    nextPageToken: json.textOrNull("next_page_token"),
  };
}

/** Of the last line of a baseline; null of any other line. */
export function baselineEndOf(line: Members): BaselineEnd | null {
  const json = line.objectOrNull("baseline");
  return json === null
    ? null
    : { commit: json.text("snapshot_commit_id"), cursor: json.text("resume_cursor") };
}

function imageOf(json: Members): EntityImage {
  const ends = json.objectOrNull("endpoints");
  return {
    properties: json.values("properties"),
    endpoints: ends === null ? null : { from: ends.text("from"), to: ends.text("to") },
  };
}

export function imageOrNull(json: Members, name: string): EntityImage | null {
  const image = json.objectOrNull(name);
  return image === null ? null : imageOf(image);
}

function blockOf(json: Members): ChangeBlock {
  return {
    cause: causeOf(json.object("cause")),
    schemaSteps: json.objects("schema_steps").map(stepOf),
    changes: json.objects("changes").map(changeOf),
  };
}

function causeOf(json: Members): ChangeCause {
  return {
    commit: json.text("graph_commit_id"),
    parent: json.textOrNull("parent_commit_id"),
    mergedParent: json.textOrNull("merged_parent_commit_id"),
    branch: json.text("authored_branch"),
    actor: json.textOrNull("actor_id"),
    authoredAt: json.count("authored_at"),
    createdAt: json.count("created_at"),
  };
}

function changeOf(json: Members): ChangedEntity {
  const type = json.object("type");
  return {
    kind: json.oneOf("kind", ENTITY_KINDS),
    type: { id: type.text("id"), name: type.text("name") },
    id: json.text("id"),
    op: json.oneOf("op", CHANGE_OPERATIONS),
    before: imageOrNull(json, "before"),
    after: imageOrNull(json, "after"),
  };
}
