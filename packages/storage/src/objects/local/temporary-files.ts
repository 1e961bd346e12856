import { dirname, join } from "node:path";
import { OmnigraphError } from "@omnigraph/base";
import { type Answer, type FileSystem, hasCode, systemCode } from "./filesystem.ts";
import type { LocalFolders } from "./folders.ts";
import type { LocalRoot } from "./root.ts";
import type { PutOutcome } from "../store.ts";

/** Age at which a temporary file of a dead writer is removed. Safety does not depend on it: a writer that was only paused fails cleanly. */
const STALE_MS = 24 * 3600 * 1000;

/** An open file that has all its bytes and does not have the name of a key yet. */
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

  /** A file of these parts, one after another. */
  async create(disk: FileSystem, parts: readonly Uint8Array[]): Promise<TemporaryFile> {
    const path = `${this.#folder}/${this.#tag}-${this.#count++}`;
    const handle = await this.#inFolder(disk, path, () => disk.open(path, "create"));
    try {
      for (const part of parts) await disk.write(handle, part);
    } catch (cause) {
      await this.discard(disk, { path, handle });
      throw cause;
    }
    return { path, handle };
  }

  /**
   * Links a file to the name of a key, unless that is taken. Verifies first that the folder is still the one that was opened: a folder that is put in its
   * place afterwards does not hold the temporary file.
   */
  async link(disk: FileSystem, file: TemporaryFile, path: string): Promise<PutOutcome> {
    await this.#root.verify(disk, dirname(path));
    try {
      await this.#inFolder(disk, path, () => disk.link(file.path, path));
      return "stored";
    } catch (cause) {
      // A failed call may have worked all the same: if the temporary file has a second name, we made it.
      const links = await linksOf(disk, file.path);
      if (links === null) return "unknown";
      if (links > 1) return "stored";
      // The name that was taken, or the missing folder, may be those of another root.
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

  /** Closes a file and renames it to the name of a key, replacing what has that name. */
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

  /** Closes and removes a file. One that cannot be removed does no harm; a later writer removes it. */
  async discard(disk: FileSystem, { path, handle }: TemporaryFile): Promise<void> {
    await ignoringDisk(() => disk.close(handle));
    await ignoringDisk(() => disk.unlink(path));
  }

  /** Removes the files of dead writers. */
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

  /** Runs the call. If the folder of `path` was missing, makes it and runs the call again; most calls find the folder there. */
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

/** Removes a folder if it is empty. An empty folder is no object, so a failure is ignored. */
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

/** Runs a call whose failure does not matter. */
async function ignoringDisk(call: () => Answer<void>): Promise<void> {
  try {
    await call();
  } catch (cause) {
    if (systemCode(cause) === null) throw cause;
  }
}
