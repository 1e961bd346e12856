import { counted, OmnigraphError } from "@omnigraph/base";
import { entityChange } from "@omnigraph/engine";
import type { EntityType } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { EntityKind, HistoryEntry } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { GraphContext } from "../open/context.ts";
import type { HistoryOptions } from "../api/history.ts";
import type { CommitReader } from "../history/commit-reader.ts";
import { isReclaimed } from "../open/reclaimed.ts";
import { typeOf } from "../history/filter.ts";
import { causeOf, renderedEntity } from "../history/images.ts";

/** The entity whose history is read. */
export interface EntityName {
  readonly kind: EntityKind;
  readonly type: string;
  readonly id: string;
}

interface Asked extends HistoryOptions {
  readonly signal: AbortSignal;
  readonly permitTypes: PermitTypes;
}

/** The commits of a branch that touched one entity, the newest first. Reads only the changes of commits, not the graph at them. */
export async function entityHistory(
  context: GraphContext,
  branches: Branches,
  { kind, type: name, id }: EntityName,
  { branch: branchName, limit = Infinity, signal, permitTypes }: Asked,
): Promise<readonly HistoryEntry[]> {
  const head = await branches.use(branchName, ({ views }) => views.branch.head(signal));
  const wanted = typeOf(name, await context.catalogs.read(head.header.schema, signal), kind);
  if (permitTypes !== undefined) await permitTypes({ reads: [wanted], changes: [] });
  const entries: HistoryEntry[] = [];
  for await (const commit of context.log.touching(head, { type: wanted.id, id }, signal)) {
    const { changes } = commit;
    if (changes.kind === "reclaimed" && !changes.types.includes(wanted.id)) continue;
    try {
      const entry = await entryOf(branches.net.reader(commit), wanted, id, signal);
      if (entry !== null) entries.push(entry);
    } catch (thrown) {
      throw (await isReclaimed(context.log, thrown)) ? goneBefore(commit, entries.length, thrown) : thrown;
    }
    if (entries.length >= limit) break;
  }
  return entries;
}

/** What a commit changed of an entity; null for nothing. */
async function entryOf(
  reader: CommitReader,
  wanted: EntityType,
  id: string,
  signal: AbortSignal,
): Promise<HistoryEntry | null> {
  const touch = (await reader.touches(signal)).get(wanted.id);
  if (touch === undefined) return null;
  const type = (await reader.catalog(signal)).typeById.get(wanted.id) ?? wanted;
  const found = await entityChange(type, id, touch, () => reader.parent(signal), signal);
  if (found === null) return null;
  const { commit } = reader;
  return { cause: causeOf(commit), message: commit.header.message, change: renderedEntity(type, id, found) };
}

/** The error where a commit that may have changed the entity is reclaimed: whoever asks for no more than what is left gets that. */
function goneBefore({ header }: CommitRecord, left: number, cause: unknown): OmnigraphError {
  const rest =
    left === 0
      ? "no later one changed the entity"
      : `the newest ${counted(left, "change")} after it ${left === 1 ? "is" : "are"} still there: ask for at most ${left}`;
  return new OmnigraphError(
    "history_reclaimed",
    `what commit ${header.id} changed was given up by cleanup; ${rest}`,
    { details: { commit: header.id, available: left }, cause },
  );
}
