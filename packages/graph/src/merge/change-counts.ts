import { present } from "@omnigraph/base";
import type { Catalog } from "@omnigraph/language";
import type { ChangeSet } from "@omnigraph/storage";
import type { ChangeCount } from "@omnigraph/wire";
import { inOrder } from "../history/type-order.ts";

/** The number of changed entities of each type: nodes before edges, each by name. */
export function changeCounts(catalog: Catalog, changes: ChangeSet): readonly ChangeCount[] {
  const byType = new Map(changes.map((change) => [change.type, change]));
  return inOrder(catalog, byType.keys()).map(({ id, kind, name: type }) => {
    const { after, before, updated } = present(byType.get(id), `changes of ${type}`);
    return { kind, type, inserted: after.length - updated, updated, deleted: before.length - updated };
  });
}
