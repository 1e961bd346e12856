import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Environment, OmnigraphError } from "@omnigraph/base";
import {
  type Answer,
  type FileStatus,
  type FileSystem,
  hasCode,
  type LocalDisk,
  systemCode,
} from "./filesystem.ts";
import type { Gate } from "./gate.ts";
import { LocalFolders } from "./local-folders.ts";
import { oneSyncBytes, refuseNetwork, volumeOf } from "./local-volumes.ts";
import { standing } from "./spent-names.ts";
import type { Durability, PutOutcome } from "./store.ts";

/** Largest object that is written by blocking calls. */
const SMALL_BYTES = 256 << 10;
/** Where syncing a small file takes longer than this, syncs are left to the background: a thread should not stand still for long. */
const SLOW_MS = 4;
/** A chain of writes, each by calls that block, lets the event loop turn this often: timers and all work in the background wait for that. */
const TURN_MS = 4;
/** Age at which a temporary file of a writer that never came back is removed. Politeness only: a writer that does come back fails cleanly. */
const STALE_MS = 24 * 3600 * 1000;

/** A temporary file. */
interface Staged {
  readonly path: string;
  readonly handle: number;
}

/**
 * Writes files complete before they are visible: into a temporary file in `.tmp`, which no key's path can be, then linked or renamed into place.
 * Durable means that bytes, name and the names of all folders above are synced before the answer.
 */
export class LocalWriter {
  readonly #temporary: string;
  readonly #root: string;
  readonly #disk: LocalDisk;
  readonly #environment: Environment;
  /** What every file that is opened goes through. */
  readonly #gate: Gate;
  readonly #folders: LocalFolders;
  /** Files whose bytes or names are not durable yet: put relaxed, or their sync failed. The next durable write syncs them first. */
  readonly #unsettled = new Set<string>();
  /** How the paths of this writer's temporary files begin. */
  readonly #prefix: string;
  #files = 0;
  #ready: Promise<void> | null = null;
  /** When the event loop was last let turn. */
  #turnedMs = 0;
  /** Largest file of which one sync makes the name last too. */
  #oneSyncBytes = 0;
  /** Running mean of what syncing a small file takes. */
  #paceMs = 0;

  constructor(root: string, disk: LocalDisk, environment: Environment, gate: Gate) {
    this.#root = root;
    this.#temporary = join(root, ".tmp");
    this.#disk = disk;
    this.#environment = environment;
    this.#gate = gate;
    this.#folders = new LocalFolders(root);
    const tag = Buffer.from(environment.random.bytes(8)).toString("hex");
    this.#prefix = join(this.#temporary, tag);
  }

  /**
   * Creates a file; `unknown` when it is there but could not be synced, or nobody can tell. Where its name `mayBeSpent`, power loss before the
   * answer may leave the name with nothing behind it: then one sync, after the link, can be enough.
   */
  async create(
    path: string,
    bytes: Uint8Array,
    durability: Durability,
    mayBeSpent: boolean,
  ): Promise<PutOutcome> {
    await this.#prepare();
    const isDurable = durability === "durable";
    const byOneSync = isDurable && mayBeSpent && this.#takesOneSync(path, bytes.length);
    if (!byOneSync) {
      // Else a file might be synced for nothing.
      const there = await standing(this.#disk.blocking, path, mayBeSpent);
      if (there.status !== null) return refuseFolder(there.status, there.path);
    }
    return this.#timed(bytes, durability, async (disk) => {
      const staged = await this.#stage(disk, bytes, isDurable && !byOneSync);
      try {
        const { outcome, at } = await this.#linkStanding(disk, staged.path, path, mayBeSpent);
        if (outcome !== "stored") return outcome;
        this.#unsettled.add(at);
        if (!isDurable) return "stored";
        const lasts = byOneSync
          ? await this.#lastsByOneSync(disk, staged.handle, at, bytes)
          : await this.#lasts(this.#folders.sync(disk, dirname(at)), at);
        return lasts ? "stored" : "unknown";
      } finally {
        await ignoringDisk(() => disk.close(staged.handle));
        await discard(disk, staged.path);
      }
    });
  }

  /** Creates or replaces a file. */
  async replace(path: string, bytes: Uint8Array, durability: Durability): Promise<void> {
    await this.#prepare();
    await this.#timed(bytes, durability, (disk) => this.#swap(disk, path, bytes, durability));
  }

  /** Makes files durable that are there, whoever wrote them. */
  async settle(paths: readonly string[]): Promise<void> {
    const disk = this.#disk.background;
    const folders = new Set<string>();
    // Side by side: the syncs share the disk's own commits.
    const there = await Promise.all(paths.map((path) => this.#gate.run(() => syncFile(disk, path))));
    for (const [i, path] of paths.entries()) if (there[i] === true) folders.add(dirname(path));
    for (const folder of folders) await this.#folders.sync(disk, folder);
    for (const path of paths) this.#unsettled.delete(path);
  }

  async remove(path: string): Promise<void> {
    try {
      await this.#disk.blocking.unlink(path);
    } catch (cause) {
      if (hasCode(cause, "EISDIR", "EPERM") && (await this.#disk.blocking.stat(path))?.isFolder === true)
        return;
      if (!hasCode(cause, "ENOENT", "ENOTDIR")) throw cause;
    }
    this.#unsettled.delete(path);
  }

  /** Removes a folder with all that is in it, other programs' files too. What is put into it meanwhile may stay. */
  async removeFolder(path: string): Promise<void> {
    const disk = this.#disk.background;
    await this.#folders.forget(disk, path);
    for (const entry of (await disk.readFolder(path)) ?? []) {
      const inside = join(path, entry.name);
      await (entry.isFolder ? this.removeFolder(inside) : this.remove(inside));
    }
    await removeIfEmpty(disk, path);
  }

  async makeFolder(path: string): Promise<void> {
    await this.#prepare();
    await this.#folders.make(this.#disk.blocking, path);
  }

  async close(): Promise<void> {
    await this.#folders.close(this.#disk.blocking);
    if (this.#ready !== null) await removeIfEmpty(this.#disk.blocking, this.#temporary);
  }

  /** Once, before the first write: refuses network file systems, and clears what dead writers left. */
  async #prepare(): Promise<void> {
    this.#ready ??= this.#prepareOnce();
    try {
      await this.#ready;
    } catch (cause) {
      this.#ready = null;
      throw cause;
    }
  }

  async #prepareOnce(): Promise<void> {
    const disk = this.#disk.blocking;
    const volume = await volumeOf(disk, this.#root);
    refuseNetwork(volume, this.#root);
    this.#oneSyncBytes = oneSyncBytes(volume);
    const oldest = this.#environment.clock.nowMicros() / 1000 - STALE_MS;
    for (const { name } of (await disk.readFolder(this.#temporary)) ?? []) {
      const path = join(this.#temporary, name);
      const status = await disk.stat(path);
      if (status !== null && status.modifiedMs < oldest) await discard(disk, path);
    }
  }

  /** Runs a write on the calls that suit its size and the disk's pace, after what must be durable before it. */
  async #timed<T>(
    bytes: Uint8Array,
    durability: Durability,
    body: (disk: FileSystem) => Promise<T>,
  ): Promise<T> {
    const small = bytes.length <= SMALL_BYTES;
    if (durability === "durable" && this.#unsettled.size > 0) await this.settle([...this.#unsettled]);
    const result = await this.#gate.run(() => {
      const { blocking, mixed, background } = this.#disk;
      const brief = this.#paceMs > SLOW_MS ? mixed : blocking;
      return body(small ? brief : background);
    });
    if (small && durability === "durable") await this.#turn();
    return result;
  }

  /** Whether one sync of a file makes it last with its name, those of the folders above it being durable already. */
  #takesOneSync(path: string, count: number): boolean {
    return count <= this.#oneSyncBytes && this.#folders.isNamed(dirname(path));
  }

  /** Syncs a file and, where it is small, takes note of the disk's pace: not of what else the thread does meanwhile. */
  async #syncTimed(
    disk: FileSystem,
    handle: number,
    count: number,
    call: "sync" | "syncData",
  ): Promise<void> {
    const { clock } = this.#environment;
    const began = clock.monotonicMs();
    const syncing = disk[call](handle);
    if (syncing instanceof Promise) await syncing;
    if (count <= SMALL_BYTES) this.#paceMs += (clock.monotonicMs() - began - this.#paceMs) / 4;
  }

  async #turn(): Promise<void> {
    const now = this.#environment.clock.monotonicMs();
    if (now - this.#turnedMs < TURN_MS) return;
    this.#turnedMs = now;
    await setImmediate();
  }

  /** A temporary file with these bytes, still open. */
  async #stage(disk: FileSystem, bytes: Uint8Array, synced: boolean): Promise<Staged> {
    const path = `${this.#prefix}-${this.#files++}`;
    const handle = await this.#inFolder(disk, path, () => disk.open(path, "create"));
    try {
      await disk.write(handle, bytes);
      if (synced) await this.#syncTimed(disk, handle, bytes.length, "syncData");
    } catch (cause) {
      await ignoringDisk(() => disk.close(handle));
      await discard(disk, path);
      throw cause;
    }
    return { path, handle };
  }

  async #swap(
    disk: FileSystem,
    path: string,
    bytes: Uint8Array,
    durability: Durability = "durable",
  ): Promise<void> {
    const staged = await this.#stage(disk, bytes, durability === "durable");
    try {
      await this.#inFolder(disk, path, () => disk.rename(staged.path, path));
    } catch (cause) {
      await discard(disk, staged.path);
      throw cause;
    } finally {
      await ignoringDisk(() => disk.close(staged.handle));
    }
    this.#unsettled.add(path);
    if (durability === "relaxed") return;
    await this.#folders.sync(disk, dirname(path));
    this.#unsettled.delete(path);
  }

  /** Links to the first spelling that is free; what is there is looked at only where the first is not. */
  async #linkStanding(
    disk: FileSystem,
    staged: string,
    path: string,
    mayBeSpent: boolean,
  ): Promise<{ readonly outcome: PutOutcome; readonly at: string }> {
    const outcome = await this.#link(disk, staged, path);
    if (outcome !== "exists") return { outcome, at: path };
    const { path: at, status } = await standing(disk, path, mayBeSpent);
    if (status !== null) return { outcome: refuseFolder(status, at), at };
    return { outcome: await this.#link(disk, staged, at), at };
  }

  async #link(disk: FileSystem, staged: string, path: string): Promise<PutOutcome> {
    try {
      await this.#inFolder(disk, path, () => disk.link(staged, path));
      return "stored";
    } catch (cause) {
      // A call that failed may have done its work: a second name of the temporary file is ours.
      const links = await linksOf(disk, staged);
      if (links === null) return "unknown";
      if (links > 1) return "stored";
      if (hasCode(cause, "EEXIST")) return "exists";
      if (hasCode(cause, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV")) {
        throw new OmnigraphError(
          "store_unsupported",
          `${this.#root} is on a file system without hard links (${systemCode(cause)}), which safe writing needs; use another one`,
          { details: { path }, cause },
        );
      }
      throw cause;
    }
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

  async #lastsByOneSync(disk: FileSystem, handle: number, path: string, bytes: Uint8Array): Promise<boolean> {
    if (await this.#lasts(this.#syncTimed(disk, handle, bytes.length, "sync"), path)) return true;
    // What could not be written is dropped, and said once (fsync(2), EIO): another sync would prove nothing, another file does.
    return this.#lasts(this.#swap(disk, path, bytes), path);
  }

  /** Whether the file just linked could be made durable. */
  async #lasts(settling: Promise<void>, path: string): Promise<boolean> {
    try {
      await settling;
    } catch (cause) {
      if (systemCode(cause) === null) throw cause;
      return false;
    }
    this.#unsettled.delete(path);
    return true;
  }
}

function refuseFolder({ isFolder }: FileStatus, path: string): PutOutcome {
  if (!isFolder) return "exists";
  throw new OmnigraphError(
    "store_unsupported",
    `${path} is a folder of other objects, so no object can have its name; choose another key`,
    { details: { path } },
  );
}

/** Syncs a file's bytes; false where there is none. */
async function syncFile(disk: FileSystem, path: string): Promise<boolean> {
  let handle: number;
  try {
    handle = await disk.open(path, "read");
  } catch (cause) {
    if (hasCode(cause, "ENOENT", "ENOTDIR")) return false;
    throw cause;
  }
  try {
    await disk.syncData(handle);
  } finally {
    await disk.close(handle);
  }
  return true;
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

/** Removes a folder unless something is in it, or it is gone. An empty one is no object: where it may not be removed, it stays. */
async function removeIfEmpty(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.removeFolder(path);
  } catch (cause) {
    if (!hasCode(cause, "ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR", "EROFS", "EACCES", "EPERM")) throw cause;
  }
}

/** Removes a temporary file; one that stays is inert, and cleared by a later writer. */
function discard(disk: FileSystem, path: string): Promise<void> {
  return ignoringDisk(() => disk.unlink(path));
}

/** Makes a call that nothing hangs on. */
async function ignoringDisk(call: () => Answer<void>): Promise<void> {
  try {
    await call();
  } catch (cause) {
    if (systemCode(cause) === null) throw cause;
  }
}
