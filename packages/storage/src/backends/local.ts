import { rm } from "node:fs/promises";
import { type LocalOptions, LocalObjects } from "../objects/local/local-objects.ts";
import { LanceFolder } from "../outside/lance-folder.ts";
import { LocalOutside } from "../outside/local-outside.ts";
import { LanceLayers, lanceTables } from "../tables/lance-layers.ts";
import type { Backend } from "./backend.ts";

/** Objects and Lance tables below one folder; `root` is an absolute path. */
export function localBackend(root: string, options: LocalOptions): Backend {
  const objects = new LocalObjects(root, options);
  // Tables are in the folder that the store has opened, even if its path leads elsewhere by now.
  const tables = new LanceLayers(root, objects, { diskRoot: () => objects.folder });
  return {
    objects,
    tables,
    holdsTables: true,
    noteStore: async () => undefined,
    removeAll: () => rm(root, { recursive: true, force: true }),
    outside: new LocalOutside(root, new LanceFolder(root, () => lanceTables())),
  };
}
