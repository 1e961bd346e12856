import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { decodeCondemned, tableOf } from "./condemned-list.ts";
import { horizonKey, HORIZON_PREFIX, partOfKey } from "./horizon-record.ts";

/** Whether cleanup has removed the table at a place, or was allowed to: then it is not lost but gone. For a reader that did not find it. */
export async function isReclaimedTable(
  store: ObjectStore,
  access: "read" | "write",
  place: string,
): Promise<boolean> {
  const table = tableOf(place);
  if (table === null) return false;
  for (const { key } of await store.list(HORIZON_PREFIX)) {
    const named = partOfKey(key);
    if (named?.part !== "done") continue;
    const done = horizonKey(named.number, "done");
    const bytes = await store.get(done);
    const { tables } = bytes === null ? { tables: [] } : decodeCondemned(bytes, access, placeOf(store, done));
    if (tables.some(({ staging, type }) => staging === table.staging && type === table.type)) return true;
  }
  return false;
}
