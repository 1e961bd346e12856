import type { ObjectInfo, ObjectStore } from "@omnigraph/storage";
import { type TableName, tableText } from "../retention/condemned-list.ts";

/** Where the tables of all staged writes are. */
export const TABLES_PREFIX = "tables/";

/** The objects of a table: itself, its tombstones, its column file. All begin with the id of its type. */
const TABLE_KEY = /^tables\/([0-7][0-9A-HJKMNP-TV-Z]{25})\/([0-7][0-9A-HJKMNP-TV-Z]{25})\./;

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
    const [, staging, type] = TABLE_KEY.exec(info.key) ?? [];
    if (staging === undefined || type === undefined) continue;
    const text = tableText({ staging, type });
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

/** The table that a key or a path is of; null for any other. */
export function tableOf(place: string): TableName | null {
  const [, staging, type] = TABLE_KEY.exec(place.slice(Math.max(0, place.lastIndexOf(TABLES_PREFIX)))) ?? [];
  return staging === undefined || type === undefined ? null : { staging, type };
}
