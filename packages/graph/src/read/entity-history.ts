import { entityChange } from "@omnigraph/engine";
import type { EntityKind, HistoryEntry } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { GraphContext } from "../open/context.ts";
import type { HistoryOptions } from "../api/history.ts";
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
    const reader = branches.net.reader(commit);
    const touch = (await reader.touches(signal)).get(wanted.id);
    if (touch === undefined) continue;
    const type = (await reader.catalog(signal)).typeById.get(wanted.id) ?? wanted;
    const found = await entityChange(type, id, touch, () => reader.parent(signal), signal);
    if (found === null) continue;
    const change = renderedEntity(type, id, found);
    entries.push({ cause: causeOf(commit), message: commit.header.message, change });
    if (entries.length >= limit) break;
  }
  return entries;
}
