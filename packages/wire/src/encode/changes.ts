import { ownMember, writeJson } from "@omnigraph/base";
import type {
  BaselineEnd,
  ChangeBlock,
  ChangeCause,
  ChangedEntity,
  CommitChangesPage,
  EntityImage,
  FeedPage,
  HistoryEntry,
} from "../answers/changes.ts";
import type { ChangeCount } from "../answers/merges.ts";
import type {
  BaselineJson,
  ChangeBlockJson,
  ChangeCauseJson,
  ChangeCountJson,
  ChangeJson,
  CommitChangesJson,
  DiffChangeJson,
  EntityImageJson,
  FeedJson,
  HistoryJson,
} from "../shapes.generated.ts";
import type { ValuesByName } from "../values.ts";
import { stepJson } from "./migrations.ts";

export function commitChangesJson(page: CommitChangesPage): CommitChangesJson {
  return { ...blockJson(page), ...some("next_page_token", page.nextPageToken) };
}

export function feedJson({ blocks, cursor, caughtUp, nextPageToken }: FeedPage): FeedJson {
  return {
    blocks: blocks.map(blockJson),
    ...some("cursor", cursor),
    ...some("caught_up", caughtUp),
    ...some("next_page_token", nextPageToken),
  };
}

export function baselineJson({ commit, cursor }: BaselineEnd): BaselineJson {
  return { snapshot_commit_id: commit, resume_cursor: cursor };
}

export function historyJson(entries: readonly HistoryEntry[]): HistoryJson {
  return {
    entries: entries.map(({ cause, message, change }) => ({
      cause: causeJson(cause),
      ...some("message", message),
      change: changeJson(change),
    })),
  };
}

/** A change as a diff shows it: with the names of what an update changed. */
export function diffChangeJson(change: ChangedEntity): DiffChangeJson {
  if (change.op !== "update") return changeJson(change);
  return { ...changeJson(change), changed: changedNames(change.before, change.after) };
}

/** How many entities of each type changed. */
export function countsJson(counts: readonly ChangeCount[]): readonly ChangeCountJson[] {
  return counts.map(({ kind, type, inserted, updated, deleted }) => ({
    entity_kind: kind,
    type_name: type,
    inserted,
    updated,
    deleted,
  }));
}

/** `endpoints` only of an edge. */
export function imageJson({ properties, endpoints }: EntityImage): EntityImageJson {
  return endpoints === null ? { properties } : { endpoints, properties };
}

export function blockJson({ cause, schemaSteps, changes }: ChangeBlock): ChangeBlockJson {
  return {
    cause: causeJson(cause),
    ...(schemaSteps.length === 0 ? {} : { schema_steps: schemaSteps.map(stepJson) }),
    changes: changes.map(changeJson),
  };
}

function causeJson(cause: ChangeCause): ChangeCauseJson {
  return {
    graph_commit_id: cause.commit,
    ...some("parent_commit_id", cause.parent),
    ...some("merged_parent_commit_id", cause.mergedParent),
    authored_branch: cause.branch,
    ...some("actor_id", cause.actor),
    authored_at: cause.authoredAt,
  };
}

function changeJson({ kind, type, id, op, before, after }: ChangedEntity): ChangeJson {
  return {
    kind,
    type,
    id,
    op,
    ...(before === null ? {} : { before: imageJson(before) }),
    ...(after === null ? {} : { after: imageJson(after) }),
  };
}

/** First `from` and `to`, the ends of an edge, then the properties. */
function changedNames(before: EntityImage | null, after: EntityImage | null): string[] {
  const sides = [before, after].map((image): ValuesByName => ({ ...image?.endpoints, ...image?.properties }));
  const names = new Set(sides.flatMap((side) => Object.keys(side)));
  return [...names].filter((name) => {
    const [old, now] = sides.map((side) => writeJson(ownMember(side, name) ?? null));
    return old !== now;
  });
}

/** A member that is there only with a value. */
function some<Name extends string, Value>(
  name: Name,
  value: Value | null,
): { readonly [member in Name]?: Value } {
  // Cast: a computed name makes an index signature.
  return (value === null ? {} : { [name]: value }) as { readonly [member in Name]?: Value };
}
