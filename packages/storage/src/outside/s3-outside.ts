import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import type { Column } from "../rows/column.ts";
import type { ForeignTable } from "./foreign.ts";
import type { LanceFolder } from "./lance-folder.ts";
import type { Outside, OutsideColumn } from "./outside.ts";

/** Files and tables of other programs in a bucket, under a prefix. */
export class S3Outside implements Outside {
  readonly #objects: ObjectStore;
  readonly #tables: LanceFolder;

  constructor(objects: ObjectStore, tables: LanceFolder) {
    this.#objects = objects;
    this.#tables = tables;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#objects.list("", { limit: 1 })).length === 0;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    if (await this.#objects.exists(name)) {
      const there = `${this.#objects.uri}/${name} is there already, and nothing is replaced`;
      throw new OmnigraphError("folder_not_empty", there);
    }
    await this.#objects.put(name, bytes);
  }

  createLance(
    name: string,
    columns: readonly OutsideColumn[],
    pieces: AsyncIterable<readonly Column[]>,
  ): Promise<void> {
    return this.#tables.create(name, columns, pieces);
  }

  async openLance<T>(
    name: string,
    version: number | null,
    use: (table: ForeignTable) => Promise<T>,
  ): Promise<{ readonly result: T } | null> {
    const [object] = await this.#objects.list(`${name}.lance/`, { limit: 1 });
    return object === undefined ? null : { result: await this.#tables.open(name, version, use) };
  }

  async sync(): Promise<void> {
    // What a bucket has acknowledged is durable.
  }
}
