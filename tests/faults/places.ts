import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Environment, systemEnvironment } from "@omnigraph/base";
import { takesOneSync } from "@omnigraph/log";
import { type LayerStore, LocalObjects, type ObjectStore, openBackend } from "@omnigraph/storage";
import { MemoryObjects, ObjectLayers } from "omnigraph";
import { LanceLayers } from "../../packages/storage/src/tables/lance-layers.ts";

/** What a graph is kept in, as the page calls it. */
export const STORES = ["memory", "local", "S3"] as const;

export type StoreKind = (typeof STORES)[number];

/** The store of a graph as one process opens it; calls of `objects` can be put before those of the store. */
export interface OpenedPlace {
  readonly objects: ObjectStore;
  /** The tables, by way of the given objects where that is possible. */
  readonly tablesOver: (objects: ObjectStore) => LayerStore;
}

/** An address for one graph, which several processes may open. */
export interface Place {
  readonly uri: string;
  /** Whether tables are Lance tables; else they are written by calls of the objects alone. */
  readonly holdsTables: boolean;
  /** The folder that it is; null where it is none. */
  readonly folder: string | null;
  /** Another address, for a copy of the graph; copied and removed with this one. */
  readonly beside: Place | null;
  /** Opens it, with the clock of the store. */
  readonly open: (environment: Environment) => Promise<OpenedPlace>;
  /** Another address with a copy of what is there, put now by the given clock where that is the store's. */
  readonly copy: (environment: Environment) => Promise<Place>;
  readonly remove: () => Promise<void>;
}

const BESIDE = "-beside";
let made = 0;

export function memoryPlace(): Place {
  return memoryNamed(`faults-${made++}`);
}

function memoryNamed(name: string): Place {
  const beside = name.endsWith(BESIDE) ? null : memoryNamed(`${name}${BESIDE}`);
  return {
    uri: `memory://${name}`,
    holdsTables: false,
    folder: null,
    beside,
    open: async ({ clock }) => {
      const objects = new MemoryObjects(name, clock);
      return { objects, tablesOver: (over) => new ObjectLayers(over) };
    },
    copy: (environment) => copied({ open: openMemory(name), beside }, memoryPlace(), environment),
    remove: async () => {
      await new MemoryObjects(name).deletePrefix("");
      await beside?.remove();
    },
  };
}

const openMemory = (name: string) => async (): Promise<{ readonly objects: ObjectStore }> => ({
  objects: new MemoryObjects(name),
});

export function localPlace(folder: string): Place {
  return localAt(folder, join(folder, `g${made++}.omni`));
}

function localAt(parent: string, root: string): Place {
  const beside = root.endsWith(BESIDE) ? null : localAt(parent, `${root}${BESIDE}`);
  return {
    uri: root,
    holdsTables: true,
    folder: root,
    beside,
    open: async (environment) => {
      const objects = new LocalObjects(root, { environment, oneSync: takesOneSync });
      const tablesOver = (over: ObjectStore): LayerStore =>
        new LanceLayers(root, over, { diskRoot: () => objects.folder });
      return { objects, tablesOver };
    },
    copy: async () => {
      const to = join(parent, `g${made++}.omni`);
      for (const ending of ["", BESIDE])
        if (existsSync(`${root}${ending}`)) cpSync(`${root}${ending}`, `${to}${ending}`, { recursive: true });
      return localAt(parent, to);
    },
    remove: async () => {
      rmSync(root, { recursive: true, force: true });
      await beside?.remove();
    },
  };
}

/** `bucket` names the bucket of a server that the environment of the process names. */
export function s3Place(bucket: () => string): Place {
  return s3At(bucket, `s3://${bucket()}/faults/${made++}.omni`);
}

function s3At(bucket: () => string, uri: string): Place {
  const beside = uri.endsWith(BESIDE) ? null : s3At(bucket, `${uri}${BESIDE}`);
  const open = async (environment: Environment): Promise<OpenedPlace> => {
    const { objects, tables } = await openBackend(uri, environment, { s3: { variables: process.env } });
    return { objects, tablesOver: () => tables };
  };
  const place: Place = {
    uri,
    holdsTables: true,
    folder: null,
    beside,
    open,
    copy: (environment) => copied(place, s3Place(bucket), environment),
    remove: async () => {
      const { objects } = await open(systemEnvironment);
      await objects.deletePrefix("");
      await objects.close();
      await beside?.remove();
    },
  };
  return place;
}

type Copied = {
  readonly open: (environment: Environment) => Promise<Pick<OpenedPlace, "objects">>;
  readonly beside: Place | null;
};

async function copied(from: Copied, to: Place, environment: Environment): Promise<Place> {
  const [source, target] = await Promise.all([from.open(environment), to.open(environment)]);
  const keys = (await source.objects.list("")).map(({ key }) => key);
  await Promise.all(
    keys.map(async (key) => {
      const bytes = await source.objects.get(key);
      if (bytes !== null) await target.objects.put(key, bytes);
    }),
  );
  await Promise.all([source.objects.close(), target.objects.close()]);
  if (from.beside !== null && to.beside !== null) await copied(from.beside, to.beside, environment);
  return to;
}
