import { dirname } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import { type FileStatus, type FileSystem, hasCode, type LocalDisk } from "./filesystem.ts";

/** A folder as it was when its path was first followed. */
interface Pin {
  /** Kept open, so that no other folder can get its inode; null where this user may not. */
  readonly handle: number | null;
  readonly device: number;
  readonly inode: number;
}

/** Most folders below the root that are pinned: those of the logs that are in use, and of the branch records. */
const PINS = 16;

/**
 * The folder that a store has opened. Its path may lead elsewhere later: the folder may be moved, removed, or replaced. So it is pinned by device and
 * inode when it is first opened, and every call that writes, or finds nothing, verifies that the path still leads to the pinned folder.
 */
export class LocalRoot {
  readonly path: string;
  /** By path: the root, and folders whose objects are never removed. The oldest first. */
  readonly #pins = new Map<string, Pin>();
  readonly #opened = new Set<Pin>();
  /** A path of the root by its open handle, which stays right when the root's own path leads elsewhere; null where the system has no such paths. */
  #handlePath: string | null = null;
  #opening: Promise<boolean> | null = null;

  constructor(path: string) {
    this.path = path;
  }

  get isOpen(): boolean {
    return this.#pins.has(this.path);
  }

  /** Pins the root where it is there; false where it is not. Throws `store_unsupported` for a symbolic link without a target. */
  async open(disk: FileSystem): Promise<boolean> {
    if (this.isOpen) return true;
    this.#opening ??= this.#openOnce(disk);
    try {
      return await this.#opening;
    } finally {
      this.#opening = null;
    }
  }

  /** Pins a folder below the root. Only for folders that hold an object which is never removed. */
  async pin(disk: FileSystem, folder: string): Promise<void> {
    if (this.#pins.has(folder)) return;
    const pin = await openFolder(disk, this.pinnedPath(folder));
    if (pin === null) return;
    this.#opened.add(pin);
    await this.verify(disk, this.path);
    const before = this.#pins.get(folder);
    this.#pins.set(folder, before ?? pin);
    if (before !== undefined) await this.#release(disk, pin);
    for (const at of this.#pins.keys()) {
      if (this.#pins.size <= PINS) break;
      if (at !== this.path) await this.#unpin(disk, at);
    }
  }

  /**
   * Checks that the path of a folder, or of the nearest pinned one above it, still leads to the pinned folder. Throws `graph_replaced`. A pinned folder
   * that is still in place proves the same for all folders above it.
   */
  async verify(disk: FileSystem, folder: string): Promise<void> {
    let at = folder;
    while (!this.#pins.has(at) && at !== this.path && at !== dirname(at)) at = dirname(at);
    const pin = this.#pins.get(at);
    if (pin === undefined) return;
    const status = await disk.stat(at);
    if (status === null || !isSame(status, pin)) throw replaced(this.path, at, status);
  }

  /** A path of the same file that goes by a pinned handle, so that it stays in the folder that was opened; the path itself where there is none. */
  pinnedPath(path: string): string {
    if (this.#handlePath === null || !path.startsWith(`${this.path}/`)) return path;
    const pin = this.#pins.get(dirname(path));
    return pin === undefined || pin.handle === null
      ? this.#handlePath + path.slice(this.path.length)
      : `${byHandle(pin.handle)}${path.slice(path.lastIndexOf("/"))}`;
  }

  /** A path of the root that stays with the folder that was opened, where the system has such paths; else the root's own path. */
  get stablePath(): string {
    return this.#handlePath ?? this.path;
  }

  /** Unpins a folder that is about to be removed, and all folders below it. */
  async forget(disk: FileSystem, folder: string): Promise<void> {
    for (const at of this.#pins.keys())
      if (at !== this.path && (at === folder || at.startsWith(`${folder}/`))) await this.#unpin(disk, at);
  }

  async close(disk: FileSystem): Promise<void> {
    this.#handlePath = null;
    this.#pins.clear();
    for (const pin of this.#opened) await this.#release(disk, pin);
  }

  async #unpin(disk: FileSystem, folder: string): Promise<void> {
    const pin = this.#pins.get(folder);
    this.#pins.delete(folder);
    if (pin !== undefined) await this.#release(disk, pin);
  }

  async #release(disk: FileSystem, pin: Pin): Promise<void> {
    if (this.#opened.delete(pin) && pin.handle !== null) await disk.close(pin.handle);
  }

  async #openOnce(disk: FileSystem): Promise<boolean> {
    const pin = await openFolder(disk, this.path);
    if (pin === null) {
      await refuseDangling(disk, this.path);
      return false;
    }
    this.#opened.add(pin);
    this.#pins.set(this.path, pin);
    const name = pin.handle === null ? null : byHandle(pin.handle);
    const named = name === null ? null : await disk.stat(name);
    if (named !== null && isSame(named, pin)) this.#handlePath = name;
    return true;
  }
}

/** A disk whose writing calls go to the folder that was opened, even while another one is put in its place. */
export function pinnedDisk({ blocking, mixed, background }: LocalDisk, root: LocalRoot): LocalDisk {
  const pinnedPath = (disk: FileSystem): FileSystem => ({
    stat: (path) => disk.stat(path),
    statHandle: (handle) => disk.statHandle(handle),
    isLink: (path) => disk.isLink(path),
    open: (path, use) => disk.open(root.pinnedPath(path), use),
    read: (handle, into, position) => disk.read(handle, into, position),
    write: (handle, bytes) => disk.write(handle, bytes),
    syncData: (handle) => disk.syncData(handle),
    sync: (handle) => disk.sync(handle),
    close: (handle) => disk.close(handle),
    link: (from, to) => disk.link(root.pinnedPath(from), root.pinnedPath(to)),
    rename: (from, to) => disk.rename(root.pinnedPath(from), root.pinnedPath(to)),
    unlink: (path) => disk.unlink(root.pinnedPath(path)),
    makeFolder: (path) => disk.makeFolder(root.pinnedPath(path)),
    removeFolder: (path) => disk.removeFolder(root.pinnedPath(path)),
    readFolder: (path) => disk.readFolder(path),
    volume: (path) => disk.volume(path),
  });
  return { blocking: pinnedPath(blocking), mixed: pinnedPath(mixed), background: pinnedPath(background) };
}

/** Refuses a path whose name is taken by a symbolic link without a target: it can be neither read nor made. Throws `store_unsupported`. */
export async function refuseDangling(disk: FileSystem, path: string): Promise<void> {
  if (!(await disk.isLink(path)) || (await disk.stat(path)) !== null) return;
  throw new OmnigraphError(
    "store_unsupported",
    `${path} is a symbolic link whose target is missing; make the target, mount its disk, or remove the link`,
    { details: { path } },
  );
}

async function openFolder(disk: FileSystem, path: string): Promise<Pin | null> {
  const status = await disk.stat(path);
  if (status === null || !status.isFolder) return null;
  let handle: number | null = null;
  try {
    handle = await disk.open(path, "read");
    const { device, inode } = await disk.statHandle(handle);
    return { handle, device, inode };
  } catch (cause) {
    if (handle !== null) await disk.close(handle);
    if (!hasCode(cause, "EACCES")) throw cause;
    return { handle: null, device: status.device, inode: status.inode };
  }
}

/** Linux follows this name to the file itself, not to the path that it was opened by (proc_pid_fd(5)). */
function byHandle(handle: number): string {
  return `/proc/self/fd/${handle}`;
}

function isSame(status: FileStatus, { device, inode }: Pin): boolean {
  return status.inode === inode && status.device === device;
}

function replaced(root: string, folder: string, status: FileStatus | null): OmnigraphError {
  const what =
    status === null
      ? "is gone: it was moved or removed, or its disk is not mounted"
      : "is another folder than the one that was opened: something was put in its place";
  return new OmnigraphError(
    "graph_replaced",
    `${folder} ${what}; nothing was written: put the graph back, or open it again at the address where it is now`,
    { details: { path: folder, root } },
  );
}
