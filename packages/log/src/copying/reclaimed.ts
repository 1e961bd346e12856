import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { decodeCondemned, tableText } from "../retention/condemned-list.ts";
import { HORIZON_PREFIX, partOfKey } from "../retention/horizon-record.ts";
import type { CopyTarget } from "./copy-target.ts";

/** What cleanup has condemned and removed, as far as it had come when a copy began: a copy of a graph has it too. */
export class ReclaimedBefore {
  /** Keys of horizons and of what was removed, the oldest horizon first. */
  readonly #keys: readonly string[];
  readonly #store: ObjectStore;
  #tables: ReadonlySet<string> | null = null;

  private constructor(store: ObjectStore, keys: readonly string[]) {
    this.#store = store;
    this.#keys = keys;
  }

  static async list(store: ObjectStore): Promise<ReclaimedBefore> {
    const listed = (await store.list(HORIZON_PREFIX)).map(({ key }) => key);
    // What a look has found so far is of no use elsewhere.
    const kept = listed.filter((key) => (partOfKey(key)?.part ?? "found") !== "found");
    return new ReclaimedBefore(store, kept.toReversed());
  }

  /** Whether cleanup has agreed on no other removals since. */
  async isAll(): Promise<boolean> {
    const known = new Set(this.#keys);
    const listed = await this.#store.list(HORIZON_PREFIX);
    return listed.every(({ key }) => known.has(key) || partOfKey(key)?.part !== "done");
  }

  /** Whether a table is gone, or may be removed at any time: nothing needs it. */
  async hasTable(table: { readonly staging: string; readonly type: string }): Promise<boolean> {
    this.#tables ??= await this.#readTables();
    return this.#tables.has(tableText(table));
  }

  async copyTo(target: CopyTarget): Promise<void> {
    // The record of a horizon comes before what was removed by it.
    const ordered = this.#keys.toSorted((a, b) => Number(b.endsWith(".json")) - Number(a.endsWith(".json")));
    for (const key of ordered) {
      const bytes = await this.#store.get(key);
      if (bytes !== null) await target.put(key, bytes);
    }
  }

  async #readTables(): Promise<ReadonlySet<string>> {
    const tables = new Set<string>();
    for (const key of this.#keys.filter((each) => partOfKey(each)?.part === "done")) {
      const bytes = await this.#store.get(key);
      if (bytes === null) continue;
      for (const table of decodeCondemned(bytes, "read", placeOf(this.#store, key)).tables)
        tables.add(tableText(table));
    }
    return tables;
  }
}
