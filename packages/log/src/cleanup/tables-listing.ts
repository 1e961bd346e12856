import type { ObjectInfo, ObjectStore } from "@omnigraph/storage";
import { tableOf, type TableName, TABLES_PREFIX, tableText } from "../retention/condemned-list.ts";

/** A table that is in the store, whether or not a commit names it. */
export interface StoredTable extends TableName {
  readonly objects: readonly ObjectInfo[];
  readonly bytes: number;
}

/** All tables there are, by their text. Whatever else lies there is not ours and is left out. */
export async function listTables(
  store: ObjectStore,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, StoredTable>> {
  const objects = new Map<string, ObjectInfo[]>();
  for (const info of await store.list(TABLES_PREFIX)) {
    const name = tableOf(info.key);
    if (name === null) continue;
    const text = tableText(name);
    const there = objects.get(text);
    if (there === undefined) objects.set(text, [info]);
    else there.push(info);
  }
  signal?.throwIfAborted();
  return new Map(
    [...objects].map(([text, own]) => {
      const [staging = "", type = ""] = text.split("/");
      return [text, { staging, type, objects: own, bytes: own.reduce((sum, { size }) => sum + size, 0) }];
    }),
  );
}
