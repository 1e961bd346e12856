import { join } from "node:path";
import { escapeKey, unescapeName, unescapePath } from "./file-names.ts";
import type { FileStatus, FileSystem } from "./filesystem.ts";
import { compareKeys } from "../keys.ts";
import { withoutSpelling } from "./spent-names.ts";
import type { ObjectInfo } from "../store.ts";

export interface ListRequest {
  readonly prefix: string;
  readonly after: string | null;
  readonly limit: number;
}

/** Where a listing looks. */
export interface ListContext {
  readonly disk: FileSystem;
  /** Absolute. */
  readonly root: string;
  /** Of the object that has this key, the path being that which the key has by itself; null where there is none. */
  readonly statusOf: (key: string, path: string) => Promise<FileStatus | null>;
}

interface Entry {
  /** The decoded name, `/` at the end of a folder's: that is where its keys stand in the order. */
  readonly name: string;
  /** Relative to the store's folder. */
  readonly path: string;
  readonly isFolder: boolean;
}

/** The objects below `root` that are asked for, in order of their keys' bytes. Folders without an answer are not read, files of others not shown. */
export async function listFolder(context: ListContext, request: ListRequest): Promise<readonly ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  const base = request.prefix.slice(0, request.prefix.lastIndexOf("/") + 1);
  await walk({ context, request, found }, base, base === "" ? "" : escapeKey(base.slice(0, -1)));
  return found;
}

/** Folders that the store makes for itself in its root. */
const OWN_FOLDERS: ReadonlySet<string> = new Set([".tmp", ".locks"]);

/** What is below a root that no key names and the store did not make, at most `limit` of it, folders with `/`. */
export async function listOutsiders(disk: FileSystem, root: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  const look = async (folder: string): Promise<void> => {
    const entries = (await disk.readFolder(join(root, folder))) ?? [];
    if (entries.length === 0 && folder !== "") found.push(`${folder}/`);
    for (const { name, isFolder } of entries) {
      if (found.length >= limit) return;
      if (folder === "" && OWN_FOLDERS.has(name)) continue;
      const path = folder === "" ? name : `${folder}/${name}`;
      const isNamed = unescapePath(isFolder ? `${path}/x` : withoutSpelling(path)) !== null;
      if (isFolder && (isNamed || name.endsWith("%"))) await look(path);
      else if (!isNamed || (await disk.stat(join(root, path))) === null)
        found.push(isFolder ? `${path}/` : path);
    }
  };
  await look("");
  return found;
}

interface Walk {
  readonly context: ListContext;
  readonly request: ListRequest;
  readonly found: ObjectInfo[];
}

async function walk(state: Walk, base: string, folder: string): Promise<void> {
  const { context, request, found } = state;
  const entries = await readEntries(context, folder, "");
  entries.sort((left, right) => compareKeys(left.name, right.name));
  for (const entry of entries) {
    if (found.length >= request.limit) return;
    const key = base + entry.name;
    if (entry.isFolder) {
      if (mayHold(key, request)) await walk(state, key, entry.path);
      continue;
    }
    if (!key.startsWith(request.prefix)) continue;
    if (request.after !== null && compareKeys(key, request.after) <= 0) continue;
    if (unescapePath(entry.path) !== key) continue;
    const status = await context.statusOf(key, join(context.root, entry.path));
    if (status !== null) found.push({ key, size: status.size, modifiedMs: status.modifiedMs });
  }
}

/** Whether a folder, by its key with `/`, can hold an answer. */
function mayHold(folder: string, request: ListRequest): boolean {
  if (!folder.startsWith(request.prefix) && !request.prefix.startsWith(folder)) return false;
  return request.after === null || request.after.startsWith(folder) || compareKeys(folder, request.after) > 0;
}

/** What is in a folder, with names that go on in folders of their own put together. */
async function readEntries(context: ListContext, folder: string, begun: string): Promise<Entry[]> {
  const { disk, root } = context;
  const entries: Entry[] = [];
  for (const { name, isFolder } of (await disk.readFolder(join(root, folder))) ?? []) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (begun === "" ? name.startsWith(".") : !name.startsWith("+")) continue;
    const rest = begun === "" ? name : name.slice(1);
    if (isFolder && name.endsWith("%")) {
      entries.push(...(await readEntries(context, path, begun + rest.slice(0, -1))));
      continue;
    }
    const whole = unescapeName(begun + rest);
    if (whole !== null) entries.push({ name: isFolder ? `${whole}/` : whole, path, isFolder });
  }
  return entries;
}
