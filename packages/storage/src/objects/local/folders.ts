import { dirname } from "node:path";
import { type FileSystem, hasCode } from "./filesystem.ts";
import { type LocalRoot, refuseDangling } from "./root.ts";

interface OpenFolder {
  readonly handle: number;
  users: number;
}

/** Folder handles kept open: a writer alternates between a few folders. */
const HANDLES = 16;

/**
 * Makes folders and syncs the names in them. A name is durable only when the names of all folders above it are durable too. This remembers which are,
 * so that a put into a known folder costs one sync.
 */
export class LocalFolders {
  /** Least recently used first. */
  readonly #open = new Map<string, OpenFolder>();
  /** Folders whose own name is durable. */
  readonly #named = new Set<string>();
  readonly #root: LocalRoot;
  /** The folder that names the root: no folder above it is synced again. */
  readonly #above: string;

  constructor(root: LocalRoot) {
    this.#root = root;
    this.#above = dirname(root.path);
  }

  /**
   * Makes a folder and the missing ones above it. A folder that was there before, the root above all, is never made again: that throws `graph_replaced`.
   * Folders above the root are made durable at once, even for a relaxed put: no later put of another process syncs so far up.
   */
  async make(disk: FileSystem, folder: string): Promise<void> {
    if (await this.#makeOne(disk, folder)) return;
    await this.make(disk, dirname(folder));
    if (await this.#makeOne(disk, folder)) return;
    throw Object.assign(new Error(`ENOENT: the folder of ${folder} was removed`), { code: "ENOENT" });
  }

  /** Makes a folder unless it is there; false where the one above it is missing. */
  async #makeOne(disk: FileSystem, folder: string): Promise<boolean> {
    // A pinned folder was there before, and folders below it are made only in that very folder.
    await this.#root.verify(disk, folder);
    try {
      await disk.makeFolder(folder);
    } catch (cause) {
      if (hasCode(cause, "EEXIST")) {
        await refuseDangling(disk, folder);
        return true;
      }
      if (!hasCode(cause, "ENOENT") || folder === dirname(folder)) throw cause;
      return false;
    }
    this.#named.delete(folder);
    if (!folder.startsWith(`${this.#above}/`)) await this.#syncOne(disk, dirname(folder));
    return true;
  }

  /** Makes the names in a folder durable, and those of the folder itself and of all above it. */
  async sync(disk: FileSystem, folder: string): Promise<void> {
    await this.#syncOne(disk, folder);
    const unnamed: string[] = [];
    for (let at = folder; !this.#named.has(at) && at !== this.#above; at = dirname(at)) unnamed.push(at);
    for (const at of unnamed) {
      const parent = dirname(at);
      try {
        await this.#syncOne(disk, parent);
      } catch (cause) {
        // This user may not read the folder above the root: whoever made the root had to sync it.
        if (parent !== this.#above || !hasCode(cause, "EACCES", "EPERM")) throw cause;
      }
    }
    for (const at of unnamed) this.#named.add(at);
  }

  /** Whether a folder's own name is known to be durable, and all above it. */
  isNamed(folder: string): boolean {
    return this.#named.has(folder);
  }

  /** Forgets a folder that is about to be removed, and the folders in it. */
  async forget(disk: FileSystem, folder: string): Promise<void> {
    const inside = `${folder}/`;
    for (const at of this.#named) if (at === folder || at.startsWith(inside)) this.#named.delete(at);
    for (const at of this.#open.keys())
      if (at === folder || at.startsWith(inside)) await this.#close(disk, at);
  }

  async close(disk: FileSystem): Promise<void> {
    for (const at of this.#open.keys()) await this.#close(disk, at);
  }

  async #syncOne(disk: FileSystem, folder: string): Promise<void> {
    const open = await this.#use(disk, folder);
    try {
      await disk.sync(open.handle);
    } finally {
      open.users--;
      if (this.#open.get(folder) !== open && open.users === 0) await disk.close(open.handle);
    }
  }

  /** An open handle of the folder that has this path now, with one more user; the caller decrements `users` when done. */
  async #use(disk: FileSystem, folder: string): Promise<OpenFolder> {
    const kept = this.#open.get(folder);
    if (kept !== undefined) {
      kept.users++;
      if ((await disk.statHandle(kept.handle)).links > 0) {
        this.#open.delete(folder);
        this.#open.set(folder, kept);
        return kept;
      }
      // Another process removed the folder. What has its name now is another one, so nothing that was known of its names holds.
      kept.users--;
      this.#named.clear();
      await this.#close(disk, folder);
    }
    const opened: OpenFolder = { handle: await disk.open(folder, "read"), users: 1 };
    await this.#close(disk, folder);
    this.#open.set(folder, opened);
    for (const at of this.#open.keys()) {
      if (this.#open.size <= HANDLES) break;
      await this.#close(disk, at);
    }
    return opened;
  }

  /** Releases a handle; one that is in use is closed by its last user. */
  async #close(disk: FileSystem, folder: string): Promise<void> {
    const open = this.#open.get(folder);
    if (open === undefined) return;
    this.#open.delete(folder);
    if (open.users === 0) await disk.close(open.handle);
  }
}
