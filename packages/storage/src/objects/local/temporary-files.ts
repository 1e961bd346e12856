import { dirname, join } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import { type Answer, type FileSystem, hasCode, systemCode } from "./filesystem.ts";
import type { LocalFolders } from "./folders.ts";
import type { LocalRoot } from "./root.ts";
import type { PutOutcome } from "../store.ts";

/** Age at which a temporary file of a writer that never came back is removed. Politeness only: a writer that does come back fails cleanly. */
const STALE_MS = 24 * 3600 * 1000;

/** A file that has all its bytes and no key's name yet; open. */
export interface TemporaryFile {
  readonly path: string;
  readonly handle: number;
}

/** The files of one writer in the folder `.tmp` of a root, which no key's path can be. */
export class TemporaryFiles {
  readonly #root: LocalRoot;
  readonly #folder: string;
  readonly #tag: string;
  readonly #folders: LocalFolders;
  #count = 0;

  /** `tag` tells this writer's files from those of all others. */
  constructor(root: LocalRoot, tag: string, folders: LocalFolders) {
    this.#root = root;
    this.#folder = join(root.path, ".tmp");
    this.#tag = tag;
    this.#folders = folders;
  }

  async create(disk: FileSystem, bytes: Uint8Array): Promise<TemporaryFile> {
    const path = `${this.#folder}/${this.#tag}-${this.#count++}`;
    const handle = await this.#inFolder(disk, path, () => disk.open(path, "create"));
    try {
      await disk.write(handle, bytes);
    } catch (cause) {
      await this.discard(disk, { path, handle });
      throw cause;
    }
    return { path, handle };
  }

  /**
   * Gives a file the name of a key as well, unless that is taken. It is verified first that the folder is still the one that was opened: what comes in its place
   * afterwards does not hold the file.
   */
  async link(disk: FileSystem, file: TemporaryFile, path: string): Promise<PutOutcome> {
    await this.#root.verify(disk, dirname(path));
    try {
      await this.#inFolder(disk, path, () => disk.link(file.path, path));
      return "stored";
    } catch (cause) {
      // A call that failed may have done its work: a second name of the temporary file is ours.
      const links = await linksOf(disk, file.path);
      if (links === null) return "unknown";
      if (links > 1) return "stored";
      // What was there, or is not there, may be another folder's.
      await this.#root.verify(disk, dirname(path));
      if (hasCode(cause, "EEXIST")) return "exists";
      if (hasCode(cause, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV")) {
        throw new OmnigraphError(
          "store_unsupported",
          `${this.#root.path} is on a file system without hard links (${systemCode(cause)}), which safe writing needs; use another one`,
          { details: { path }, cause },
        );
      }
      throw cause;
    }
  }

  /** Closes a file and gives it the name of a key, in place of what has it. */
  async move(disk: FileSystem, file: TemporaryFile, path: string): Promise<void> {
    try {
      await this.#root.verify(disk, dirname(path));
      await this.#inFolder(disk, path, () => disk.rename(file.path, path));
    } catch (cause) {
      await this.discard(disk, file);
      throw cause;
    }
    await ignoringDisk(() => disk.close(file.handle));
  }

  /** Closes a file and removes it; one that stays is inert, and cleared by a later writer. */
  async discard(disk: FileSystem, { path, handle }: TemporaryFile): Promise<void> {
    await ignoringDisk(() => disk.close(handle));
    await ignoringDisk(() => disk.unlink(path));
  }

  /** Removes what dead writers left. */
  async clearStale(disk: FileSystem, nowMs: number): Promise<void> {
    for (const { name } of (await disk.readFolder(this.#folder)) ?? []) {
      const path = join(this.#folder, name);
      const status = await disk.stat(path);
      if (status !== null && status.modifiedMs < nowMs - STALE_MS)
        await ignoringDisk(() => disk.unlink(path));
    }
  }

  async close(disk: FileSystem): Promise<void> {
    await removeIfEmpty(disk, this.#folder);
  }

  /** Calls, and once more after making the folder of `path` where that was missing: most calls find it there. */
  async #inFolder<T>(disk: FileSystem, path: string, call: () => Answer<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      if (!hasCode(cause, "ENOENT")) throw cause;
      await this.#folders.make(disk, dirname(path));
      return call();
    }
  }
}

/** Removes a folder unless something is in it, or it is gone. An empty one is no object: where it may not be removed, it stays. */
export async function removeIfEmpty(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.removeFolder(path);
  } catch (cause) {
    if (!hasCode(cause, "ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR", "EROFS", "EACCES", "EPERM")) throw cause;
  }
}

/** How many names a file has; null where that cannot be found out. */
async function linksOf(disk: FileSystem, path: string): Promise<number | null> {
  try {
    return (await disk.stat(path))?.links ?? 0;
  } catch (cause) {
    if (systemCode(cause) === null) throw cause;
    return null;
  }
}

/** Makes a call that nothing hangs on. */
async function ignoringDisk(call: () => Answer<void>): Promise<void> {
  try {
    await call();
  } catch (cause) {
    if (systemCode(cause) === null) throw cause;
  }
}
