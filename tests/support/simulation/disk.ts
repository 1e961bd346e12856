import { posix } from "node:path";
import type { Clock } from "@omnigraph/base";
import { oneSyncBytes } from "../../../packages/storage/src/objects/local/volumes.ts";
import type { FileStatus, FileSystem, FolderEntry } from "@omnigraph/storage";
import type { Volume } from "../../../packages/storage/src/objects/local/mounts.ts";
import type { SeededRandom } from "./seeded-random.ts";

interface File {
  readonly kind: "file";
  readonly inode: number;
  bytes: Uint8Array;
  /** What outlasts power loss; null: nothing was ever synced. */
  synced: Uint8Array | null;
  links: number;
  modifiedMs: number;
  /** A sync of it failed: what it was to write is dropped, and no other sync will say so. */
  dropped: boolean;
}

interface Folder {
  readonly kind: "folder";
  readonly inode: number;
  readonly names: Map<string, File | Folder>;
  /** The names that outlast power loss. */
  readonly synced: Map<string, File | Folder>;
  removed: boolean;
}

/** One call to the disk. */
export interface DiskCall {
  readonly operation: keyof FileSystem;
  /** Of the file or folder, or where the call says none, of the handle's. */
  readonly path: string;
}

/** A failure to give instead of an answer, `ENOSPC` say; `done` when the call does its work all the same. */
export interface DiskFault {
  readonly code: string;
  readonly done?: boolean;
}

/**
 * A disk that keeps over power loss exactly what was synced: a file's bytes, and apart from them the names in each folder. What was not synced is
 * kept, lost or torn at random. No order among writes is promised, so it is harsher than any journalling file system. Where its volume is one of those that
 * take one sync, syncing a file keeps the names that it has as well, and a file of one block is whole, empty or all zeros.
 */
export class SimulatedDisk implements FileSystem {
  /** Asked before every call; null lets it pass. */
  fault: (call: DiskCall) => DiskFault | null = () => null;
  /** A file system of which nothing is known, unless set. */
  volumeIs: Volume = { magic: 0, type: "", options: "", blockBytes: 4096 };
  /** Of everything on it; the same disk with another number stands for another disk that happens to have the same inodes. */
  device = 1;
  readonly #clock: Clock;
  #inodes = 0;
  readonly #root: Folder = this.#newFolder();
  readonly #handles = new Map<number, { readonly node: File | Folder; readonly path: string }>();
  #nextHandle = 3;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Loses power: open handles are void, and what was not synced is at the mercy of `random`. */
  losePower(random: SeededRandom): void {
    this.#handles.clear();
    const files = new Map<File, number>();
    settleFolder(this.#root, random, files);
    for (const [file, links] of files)
      settleFile(file, links, random, this.#takesOneSync() ? this.volumeIs.blockBytes : 0);
  }

  /** Exchanges what two paths lead to, where one of them may lead to nothing: at once, and as no call of a store. */
  exchange(left: string, right: string): void {
    const places = [this.#place(left), this.#place(right)] as const;
    const [first, second] = places.map(({ folder, name }) => folder.names.get(name));
    for (const [{ folder, name }, node] of [
      [places[0], second],
      [places[1], first],
    ] as const) {
      if (node === undefined) folder.names.delete(name);
      else folder.names.set(name, node);
    }
  }

  stat(path: string): Promise<FileStatus | null> {
    return this.#call("stat", path, () => {
      const node = this.#find(path);
      return node === null ? null : this.#statusOf(node);
    });
  }

  statHandle(handle: number): Promise<FileStatus> {
    return this.#call("statHandle", this.#pathOf(handle), () => this.#statusOf(this.#opened(handle)));
  }

  /** It has no symbolic links. */
  isLink(path: string): Promise<boolean> {
    return this.#call("isLink", path, () => false);
  }

  open(path: string, use: "read" | "create"): Promise<number> {
    return this.#call("open", path, () => {
      const node = use === "read" ? this.#get(path) : this.#create(path);
      this.#handles.set(this.#nextHandle, { node, path });
      return this.#nextHandle++;
    });
  }

  read(handle: number, into: Uint8Array, position: number): Promise<number> {
    return this.#call("read", this.#pathOf(handle), () => {
      const part = this.#openedFile(handle).bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    });
  }

  write(handle: number, bytes: Uint8Array): Promise<void> {
    return this.#call("write", this.#pathOf(handle), () => {
      const file = this.#openedFile(handle);
      const grown = new Uint8Array(file.bytes.length + bytes.length);
      grown.set(file.bytes);
      grown.set(bytes, file.bytes.length);
      file.bytes = grown;
      file.modifiedMs = this.#nowMs();
    });
  }

  syncData(handle: number): Promise<void> {
    return this.#sync("syncData", handle, sync);
  }

  sync(handle: number): Promise<void> {
    return this.#sync("sync", handle, (node) => {
      sync(node);
      if (node.kind === "file" && this.#takesOneSync()) syncNames(this.#root, node);
    });
  }

  close(handle: number): Promise<void> {
    return this.#call("close", this.#pathOf(handle), () => {
      this.#opened(handle);
      this.#handles.delete(handle);
    });
  }

  link(from: string, to: string): Promise<void> {
    return this.#call("link", to, () => {
      const file = this.#get(from);
      if (file.kind === "folder") throw failure("EPERM", from);
      const { folder, name } = this.#place(to);
      if (folder.names.has(name)) throw failure("EEXIST", to);
      folder.names.set(name, file);
      file.links++;
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call("rename", to, () => {
      const file = this.#get(from);
      const { folder, name } = this.#place(to);
      const replaced = folder.names.get(name);
      if (file.kind === "folder") throw failure("EPERM", from);
      if (replaced?.kind === "folder") throw failure("EISDIR", to);
      if (replaced !== undefined) replaced.links--;
      folder.names.set(name, file);
      const old = this.#place(from);
      old.folder.names.delete(old.name);
    });
  }

  unlink(path: string): Promise<void> {
    return this.#call("unlink", path, () => {
      const file = this.#get(path);
      if (file.kind === "folder") throw failure("EISDIR", path);
      const { folder, name } = this.#place(path);
      folder.names.delete(name);
      file.links--;
    });
  }

  makeFolder(path: string): Promise<void> {
    return this.#call("makeFolder", path, () => {
      if (this.#find(path) !== null) throw failure("EEXIST", path);
      const { folder, name } = this.#place(path);
      folder.names.set(name, this.#newFolder());
    });
  }

  removeFolder(path: string): Promise<void> {
    return this.#call("removeFolder", path, () => {
      const node = this.#get(path);
      if (node.kind === "file") throw failure("ENOTDIR", path);
      if (node.names.size > 0) throw failure("ENOTEMPTY", path);
      node.removed = true;
      const { folder, name } = this.#place(path);
      folder.names.delete(name);
    });
  }

  readFolder(path: string): Promise<readonly FolderEntry[] | null> {
    return this.#call("readFolder", path, () => {
      const node = this.#find(path);
      if (node?.kind !== "folder") return null;
      return [...node.names].map(([name, { kind }]) => ({ name, isFolder: kind === "folder" }));
    });
  }

  volume(path: string): Promise<Volume> {
    return this.#call("volume", path, () => this.volumeIs);
  }

  async #sync(
    operation: "sync" | "syncData",
    handle: number,
    work: (node: File | Folder) => void,
  ): Promise<void> {
    try {
      await this.#call(operation, this.#pathOf(handle), () => work(this.#opened(handle)));
    } catch (cause) {
      const node = this.#handles.get(handle)?.node;
      if (node?.kind === "file") node.dropped = true;
      throw cause;
    }
  }

  async #call<T>(operation: keyof FileSystem, path: string, work: () => T): Promise<T> {
    const fault = this.fault({ operation, path });
    if (fault === null) return work();
    if (fault.done === true) work();
    throw failure(fault.code, path);
  }

  #find(path: string): File | Folder | null {
    let node: File | Folder | undefined = this.#root;
    for (const name of partsOf(path)) {
      if (node.kind === "file") return null;
      node = node.names.get(name);
      if (node === undefined) return null;
    }
    return node;
  }

  #get(path: string): File | Folder {
    const node = this.#find(path);
    if (node === null) throw failure("ENOENT", path);
    return node;
  }

  #place(path: string): { readonly folder: Folder; readonly name: string } {
    const folder = this.#get(posix.dirname(path));
    if (folder.kind === "file") throw failure("ENOTDIR", path);
    return { folder, name: posix.basename(path) };
  }

  #create(path: string): File {
    const { folder, name } = this.#place(path);
    if (folder.names.has(name)) throw failure("EEXIST", path);
    const file: File = {
      kind: "file",
      inode: ++this.#inodes,
      bytes: new Uint8Array(0),
      synced: null,
      links: 1,
      modifiedMs: this.#nowMs(),
      dropped: false,
    };
    folder.names.set(name, file);
    return file;
  }

  #pathOf(handle: number): string {
    return this.#handles.get(handle)?.path ?? "";
  }

  #opened(handle: number): File | Folder {
    const open = this.#handles.get(handle);
    if (open === undefined) throw failure("EBADF", String(handle));
    return open.node;
  }

  #openedFile(handle: number): File {
    const node = this.#opened(handle);
    if (node.kind === "folder") throw failure("EISDIR", this.#pathOf(handle));
    return node;
  }

  #takesOneSync(): boolean {
    return oneSyncBytes(this.volumeIs) > 0;
  }

  #newFolder(): Folder {
    return { kind: "folder", inode: ++this.#inodes, names: new Map(), synced: new Map(), removed: false };
  }

  #statusOf(node: File | Folder): FileStatus {
    const { inode } = node;
    const { device } = this;
    if (node.kind === "folder")
      return { size: 0, modifiedMs: 0, isFolder: true, links: node.removed ? 0 : 2, inode, device };
    const { bytes, modifiedMs, links } = node;
    return { size: bytes.length, modifiedMs, isFolder: false, links, inode, device };
  }

  #nowMs(): number {
    return Math.floor(this.#clock.nowMicros() / 1000);
  }
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated disk, ${path}`), { code });
}

function sync(node: File | Folder): void {
  if (node.kind === "file") {
    if (!node.dropped) node.synced = node.bytes;
    return;
  }
  node.synced.clear();
  for (const [name, inside] of node.names) node.synced.set(name, inside);
}

/** Makes the names that a file has, in folders that are durable, durable. */
function syncNames(folder: Folder, file: File): void {
  for (const [name, node] of folder.names) {
    if (node === file) folder.synced.set(name, node);
    else if (node.kind === "folder") syncNames(node, file);
  }
}

function settleFolder(folder: Folder, random: SeededRandom, files: Map<File, number>): void {
  for (const name of new Set([...folder.names.keys(), ...folder.synced.keys()])) {
    const survivor = random.chance(0.5) ? folder.names.get(name) : folder.synced.get(name);
    if (survivor === undefined) folder.names.delete(name);
    else folder.names.set(name, survivor);
  }
  sync(folder);
  for (const node of folder.names.values()) {
    if (node.kind === "folder") settleFolder(node, random, files);
    else files.set(node, (files.get(node) ?? 0) + 1);
  }
}

function settleFile(file: File, links: number, random: SeededRandom, blockBytes: number): void {
  file.links = links;
  if (file.synced !== file.bytes) {
    const { length } = file.bytes;
    const torn =
      length <= blockBytes ? new Uint8Array(length) : file.bytes.subarray(0, random.integer(length + 1));
    file.bytes = random.pick([file.bytes, file.synced ?? new Uint8Array(0), torn]);
  }
  file.synced = file.bytes;
  file.dropped = false;
}
