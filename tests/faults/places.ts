import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Environment, systemEnvironment } from "@omnigraph/base";
import { takesOneSync } from "@omnigraph/log";
import { type LayerStore, LocalObjects, type ObjectStore, openBackend } from "@omnigraph/storage";
import { MemoryObjects, ObjectLayers } from "omnigraph";
import { LanceLayers } from "../../packages/storage/src/tables/lance-layers.ts";

/** The store of a graph as one process opens it; calls of `objects` can be put before those of the store. */
export interface OpenedPlace {
  readonly objects: ObjectStore;
  /** The tables, by way of the given objects. Null where tables are written by other calls than those of objects. */
  readonly tablesOver: (objects: ObjectStore) => LayerStore;
  /** Whether tables are written by calls of the objects alone. */
  readonly isAllObjects: boolean;
}

/** An address for one graph, which several processes may open. */
export interface Place {
  readonly open: (environment: Environment) => Promise<OpenedPlace>;
  /** Another address with a copy of what is there. */
  readonly copy: () => Promise<Place>;
  readonly remove: () => Promise<void>;
}

let made = 0;

export function memoryPlace(): Place {
  const name = `faults-${made++}`;
  return {
    open: async ({ clock }) => {
      const objects = new MemoryObjects(name, clock);
      return { objects, tablesOver: (over) => new ObjectLayers(over), isAllObjects: true };
    },
    copy: async () => {
      const to = memoryPlace();
      await copyObjects(new MemoryObjects(name), (await to.open(systemEnvironment)).objects);
      return to;
    },
    remove: () => new MemoryObjects(name).deletePrefix(""),
  };
}

export function localPlace(folder: string, root = join(folder, `g${made++}.omni`)): Place {
  return {
    open: async (environment) => {
      const objects = new LocalObjects(root, { environment, oneSync: takesOneSync });
      const tablesOver = (over: ObjectStore): LayerStore =>
        new LanceLayers(root, over, { diskRoot: () => objects.folder });
      return { objects, tablesOver, isAllObjects: false };
    },
    copy: async () => {
      const to = join(folder, `g${made++}.omni`);
      if (existsSync(root)) cpSync(root, to, { recursive: true });
      return localPlace(folder, to);
    },
    remove: async () => rmSync(root, { recursive: true, force: true }),
  };
}

/** `bucket` names the bucket of a server that the environment of the process names. */
export function s3Place(bucket: () => string): Place {
  const uri = `s3://${bucket()}/faults/${made++}.omni`;
  const open = async (environment: Environment): Promise<OpenedPlace> => {
    const { objects, tables } = await openBackend(uri, environment, {
      s3: { variables: process.env },
    });
    return { objects, tablesOver: () => tables, isAllObjects: false };
  };
  return {
    open,
    copy: async () => {
      const to = s3Place(bucket);
      const [{ objects: from }, { objects: into }] = await Promise.all([
        open(systemEnvironment),
        to.open(systemEnvironment),
      ]);
      await copyObjects(from, into);
      await Promise.all([from.close(), into.close()]);
      return to;
    },
    remove: async () => {
      const { objects } = await open(systemEnvironment);
      await objects.deletePrefix("");
      await objects.close();
    },
  };
}

async function copyObjects(from: ObjectStore, to: ObjectStore): Promise<void> {
  for (const { key } of await from.list("")) {
    const bytes = await from.get(key);
    if (bytes !== null) await to.put(key, bytes);
  }
}
