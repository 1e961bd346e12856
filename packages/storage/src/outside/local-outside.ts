import { mkdir, open, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import { localError } from "../objects/local/errors.ts";
import { systemCode } from "../objects/local/filesystem.ts";
import type { Column } from "../rows/column.ts";
import type { ForeignTable } from "./foreign.ts";
import type { LanceFolder } from "./lance-folder.ts";
import type { Outside, OutsideColumn } from "./outside.ts";

/** Files and tables of other programs in a folder. */
export class LocalOutside implements Outside {
  readonly #folder: string;
  readonly #tables: LanceFolder;

  constructor(folder: string, tables: LanceFolder) {
    this.#folder = folder;
    this.#tables = tables;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#names(this.#folder)).length === 0;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#folder, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes, { flag: "wx", flush: true });
    } catch (cause) {
      if (systemCode(cause) !== "EEXIST") throw localError(cause, "write", path);
      throw new OmnigraphError("folder_not_empty", `${path} is there already, and nothing is replaced`);
    }
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
    // Lance would make the folder.
    if ((await this.#names(join(this.#folder, `${name}.lance`))).length === 0) return null;
    return { result: await this.#tables.open(name, version, use) };
  }

  async sync(name: string): Promise<void> {
    const path = join(this.#folder, name);
    try {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const paths = entries.map((entry) => join(entry.parentPath, entry.name));
      for (const each of [...paths, path, this.#folder]) {
        await using handle = await open(each);
        await handle.sync();
      }
    } catch (cause) {
      throw localError(cause, "make durable", path);
    }
  }

  async #names(path: string): Promise<readonly string[]> {
    try {
      return await readdir(path);
    } catch (cause) {
      if (systemCode(cause) === "ENOENT") return [];
      throw localError(cause, "read", path);
    }
  }
}
