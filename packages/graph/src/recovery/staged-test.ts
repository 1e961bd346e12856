import { present } from "@omnigraph/base";
import { conflictTest, readsOf, typeChanges } from "@omnigraph/engine";
import type { CommitRecord, StagedTest } from "@omnigraph/log";
import type { ChangeSet, LayerChanges } from "@omnigraph/storage";
import { rowsOfCommit } from "../branches/commit-rows.ts";
import { touchesOfLayers } from "../history/commit-reader.ts";
import { NetChanges } from "../history/net-changes.ts";
import { openViewAt } from "../history/view-at.ts";
import type { GraphContext } from "../open/context.ts";
import { isReclaimed } from "../open/reclaimed.ts";

/** Tests what dead processes have staged against the commits that came since. What an attempt changes is read from its tables and the graph at its base. */
export function stagedTest(context: GraphContext): StagedTest {
  const { log, catalogs } = context;
  const net = new NetChanges(context, (commit, signal) => openViewAt(commit, context, signal));
  return {
    rowsOf: (commit) => unlessReclaimed(() => rowsOfCommit(commit, context, net)),
    conflictTest: async (base, changes, reliesOn) => {
      const catalog = await catalogs.read(base.header.schema);
      const rows = await unlessReclaimed(() => changesOf(base, changes, context));
      return rows === null ? () => true : conflictTest(catalog, rows, readsOf(reliesOn));
    },
  };

  async function unlessReclaimed<T>(read: () => Promise<T | null>): Promise<T | null> {
    try {
      return await read();
    } catch (thrown) {
      if (await isReclaimed(log, thrown)) return null;
      throw thrown;
    }
  }
}

/** What tables that were staged on a commit change. */
async function changesOf(
  base: CommitRecord,
  changes: LayerChanges,
  context: GraphContext,
): Promise<ChangeSet> {
  const [catalog, view] = await Promise.all([
    context.catalogs.read(base.header.schema),
    openViewAt(base, context),
  ]);
  return Promise.all(
    [...touchesOfLayers(changes, context.tables)].map(([id, touch]) =>
      typeChanges(present(catalog.typeById.get(id), `type ${id}`), touch, async () => view),
    ),
  );
}
