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
  /** The status of the object of a key; `path` is the path of the key's first spelling. Null where there is no object. */
  readonly statusOf: (key: string, path: string) => Promise<FileStatus | null>;
}

interface Entry {
  /** The decoded name, with `/` at the end for a folder: its keys sort there. */
  readonly name: string;
  /** Relative to the store's folder. */
  readonly path: string;
  readonly isFolder: boolean;
}

/** The requested objects below `root`, in byte order of their keys. Folders that cannot hold one are not read; files of other programs are left out. */
export async function listFolder(context: ListContext, request: ListRequest): Promise<readonly ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  const base = request.prefix.slice(0, request.prefix.lastIndexOf("/") + 1);
  await walk({ context, request, found }, base, base === "" ? "" : escapeKey(base.slice(0, -1)));
  return found;
}

/** Folders that the store makes for itself in its root. */
const OWN_FOLDERS: ReadonlySet<string> = new Set([".tmp", ".locks"]);

/** Names below a root that are neither objects nor the store's own files, at most `limit`; folders end with `/`. */
export async function listForeignNames(disk: FileSystem, root: string, limit: number): Promise<string[]> {
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

/** Whether a folder, given by its key with `/`, can hold a requested object. */
function mayHold(folder: string, request: ListRequest): boolean {
  if (!folder.startsWith(request.prefix) && !request.prefix.startsWith(folder)) return false;
  return request.after === null || request.after.startsWith(folder) || compareKeys(folder, request.after) > 0;
}

/** The entries of a folder, with long names joined again that were split into nested folders. */
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
