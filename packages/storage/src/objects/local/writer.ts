import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Environment, OmnigraphError, type Semaphore } from "@omnigraph/base";
import { type FileStatus, type FileSystem, hasCode, type LocalDisk, systemCode } from "./filesystem.ts";
import { LocalFolders } from "./folders.ts";
import { pinnedDisk, type LocalRoot, refuseDangling } from "./root.ts";
import { oneSyncBytes, refuseNetwork, volumeOf } from "./volumes.ts";
import { openIfThere, locate } from "./spent-names.ts";
import { removeIfEmpty, type TemporaryFile, TemporaryFiles } from "./temporary-files.ts";
import type { Durability, PutOutcome } from "../store.ts";

/** Largest object that is written by blocking calls. */
const SMALL_BYTES = 256 << 10;
/** Where syncing a small file takes longer than this on average, syncs go to the thread pool: the event loop should not stand still for long. */
const SLOW_MS = 4;
/** A chain of blocking writes yields to the event loop this often: timers and all background work wait for that. */
const YIELD_MS = 4;

/**
 * Writes files complete before they are visible: into a temporary file in `.tmp`, which no key's path can be, then linked or renamed into place.
 * Durable means that bytes, name and the names of all folders above are synced before the answer.
 */
export class LocalWriter {
  readonly #root: LocalRoot;
  readonly #disk: LocalDisk;
  readonly #environment: Environment;
  /** What every file that is opened goes through. */
  readonly #gate: Semaphore;
  readonly #folders: LocalFolders;
  readonly #temporaries: TemporaryFiles;
  /** Files whose bytes or names are not durable yet: put relaxed, or their sync failed. The next durable write syncs them first. */
  readonly #unsynced = new Set<string>();
  /**
   * By path the bytes of files whose sync failed after they were linked. The kernel drops the unwritten pages and reports that once (fsync(2), EIO):
   * syncing such a file again would prove nothing, so the bytes are written to a new file.
   */
  readonly #dropped = new Map<string, Uint8Array>();
  #ready: Promise<void> | null = null;
  /** When this last yielded to the event loop. */
  #yieldedMs = 0;
  /** Largest file, in bytes, whose name becomes durable by the same sync as its bytes. */
  #oneSyncBytes = 0;
  /** Running mean of the time that syncing a small file takes. */
  #paceMs = 0;

  constructor(root: LocalRoot, disk: LocalDisk, environment: Environment, gate: Semaphore) {
    this.#root = root;
    this.#disk = pinnedDisk(disk, root);
    this.#environment = environment;
    this.#gate = gate;
    this.#folders = new LocalFolders(root);
    const tag = Buffer.from(environment.random.bytes(8)).toString("hex");
    this.#temporaries = new TemporaryFiles(root, tag, this.#folders);
  }

  /**
   * Creates a file; `unknown` when it is there but could not be synced, or when it cannot be told whether it is there. `mayBeSpent`: power loss before
   * the answer may leave the name with nothing behind it, so that one sync, after the link, can be enough.
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
      // Looks before it writes: else a file might be synced for nothing.
      const there = await locate(this.#disk.blocking, path, mayBeSpent);
      if (there.status !== null) {
        await this.#root.verify(this.#disk.blocking, dirname(path));
        return refuseFolder(there.status, there.path);
      }
    }
    return this.#timed(bytes.length, durability, async (disk) => {
      const staged = await this.#stage(disk, [bytes], isDurable && !byOneSync);
      try {
        const { outcome, at } = await this.#linkFree(disk, staged, path, mayBeSpent);
        if (outcome !== "stored") return outcome;
        this.#unsynced.add(at);
        if (mayBeSpent) await this.#root.pin(this.#disk.blocking, dirname(at));
        if (!isDurable) return "stored";
        const lasts = byOneSync
          ? await this.#isDurableByOneSync(disk, staged.handle, at, bytes)
          : await this.#isDurable(this.#folders.sync(disk, dirname(at)), at);
        return lasts ? "stored" : "unknown";
      } finally {
        await this.#temporaries.discard(disk, staged);
      }
    });
  }

  /** Creates or replaces a file; it has the parts one after another. */
  async replace(path: string, parts: readonly Uint8Array[], durability: Durability): Promise<void> {
    await this.#prepare();
    await this.#timed(sizeOf(parts), durability, (disk) => this.#swap(disk, path, parts, durability));
  }

  /** Makes existing files durable, whoever wrote them; `mayBeSpent` where that holds for all of them. */
  async sync(paths: readonly string[], mayBeSpent: boolean): Promise<void> {
    const { background } = this.#disk;
    for (const path of paths) {
      const bytes = this.#dropped.get(path);
      if (bytes !== undefined) await this.#swap(background, path, [bytes]);
    }
    const withName = mayBeSpent && this.#oneSyncBytes > 0;
    const folders = new Set<string>();
    // Side by side: the syncs share the disk's own commits.
    const there = await Promise.all(
      paths.map((path) => this.#gate.run(() => this.#syncThere(path, withName, paths.length === 1))),
    );
    for (const [i, path] of paths.entries()) {
      const folder = dirname(path);
      if (there[i] === true && !(withName && this.#folders.isNamed(folder))) folders.add(folder);
    }
    for (const folder of folders) await this.#folders.sync(background, folder);
    // Else the synced files may be another folder's, or none at all.
    for (const folder of new Set(paths.map((path) => dirname(path))))
      await this.#root.verify(this.#disk.blocking, folder);
    for (const path of paths) this.#unsynced.delete(path);
  }

  async remove(path: string): Promise<void> {
    await this.#root.verify(this.#disk.blocking, dirname(path));
    try {
      await this.#disk.blocking.unlink(path);
    } catch (cause) {
      if (hasCode(cause, "EISDIR", "EPERM") && (await this.#disk.blocking.stat(path))?.isFolder === true)
        return;
      if (!hasCode(cause, "ENOENT", "ENOTDIR")) throw cause;
    }
    this.#unsynced.delete(path);
    this.#dropped.delete(path);
  }

  /** Removes a folder with all that is in it, files of other programs too. What is put into it meanwhile may stay. */
  async removeFolder(path: string): Promise<void> {
    const disk = this.#disk.background;
    await this.#root.verify(disk, path);
    await this.#root.forget(disk, path);
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
    if (this.#ready !== null) await this.#temporaries.close(this.#disk.blocking);
  }

  /** Runs once, before the first write: refuses network file systems, and removes the temporary files of dead writers. */
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
    const { path } = this.#root;
    const volume = await volumeOf(disk, path);
    refuseNetwork(volume, path);
    this.#oneSyncBytes = oneSyncBytes(volume);
    if (!(await this.#root.open(disk))) {
      await this.#folders.make(disk, path);
      await this.#root.open(disk);
    }
    await this.#temporaries.clearStale(disk, this.#environment.clock.nowMicros() / 1000);
  }

  /** Runs a write with the calls that suit its size and the speed of the disk, after syncing what must be durable before it. */
  async #timed<T>(size: number, durability: Durability, body: (disk: FileSystem) => Promise<T>): Promise<T> {
    const small = size <= SMALL_BYTES;
    if (durability === "durable" && this.#unsynced.size > 0) await this.sync([...this.#unsynced], false);
    const result = await this.#gate.run(() => body(small ? this.#diskForSmall() : this.#disk.background));
    if (small && durability === "durable") await this.#yieldToLoop();
    return result;
  }

  /** Whether one sync makes a file durable together with its name; the names of the folders above it must be durable already. */
  #takesOneSync(path: string, count: number): boolean {
    return count <= this.#oneSyncBytes && this.#folders.isNamed(dirname(path));
  }

  /** Syncs a file. For a small one it measures how long the disk takes, without what else the thread does meanwhile. */
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

  /** Syncs a file, with or without its names; false where there is no file. */
  async #syncThere(path: string, withName: boolean, isAlone: boolean): Promise<boolean> {
    const { blocking, background } = this.#disk;
    const handle = await openIfThere(blocking, path);
    if (handle === null) return false;
    try {
      const isSmall = isAlone && (await blocking.statHandle(handle)).size <= SMALL_BYTES;
      const disk = isSmall ? this.#diskForSmall() : background;
      await (withName ? disk.sync(handle) : disk.syncData(handle));
    } finally {
      await blocking.close(handle);
    }
    return true;
  }

  /** The calls for small files: blocking ones, except for syncs where the disk is slow. */
  #diskForSmall(): FileSystem {
    return this.#paceMs > SLOW_MS ? this.#disk.mixed : this.#disk.blocking;
  }

  async #yieldToLoop(): Promise<void> {
    const now = this.#environment.clock.monotonicMs();
    if (now - this.#yieldedMs < YIELD_MS) return;
    this.#yieldedMs = now;
    await setImmediate();
  }

  /** A temporary file with these parts one after another, synced or not. */
  async #stage(disk: FileSystem, parts: readonly Uint8Array[], synced: boolean): Promise<TemporaryFile> {
    const file = await this.#temporaries.create(disk, parts);
    if (!synced) return file;
    try {
      await this.#syncTimed(disk, file.handle, sizeOf(parts), "syncData");
      return file;
    } catch (cause) {
      await this.#temporaries.discard(disk, file);
      throw cause;
    }
  }

  async #swap(
    disk: FileSystem,
    path: string,
    parts: readonly Uint8Array[],
    durability: Durability = "durable",
  ): Promise<void> {
    await this.#temporaries.move(disk, await this.#stage(disk, parts, durability === "durable"), path);
    this.#unsynced.add(path);
    if (durability === "relaxed") return;
    this.#dropped.delete(path);
    await this.#folders.sync(disk, dirname(path));
    this.#unsynced.delete(path);
  }

  /** Links to the first free spelling; existing files are looked at only where the first spelling is taken. */
  async #linkFree(
    disk: FileSystem,
    staged: TemporaryFile,
    path: string,
    mayBeSpent: boolean,
  ): Promise<{ readonly outcome: PutOutcome; readonly at: string }> {
    const outcome = await this.#temporaries.link(disk, staged, path);
    if (outcome !== "exists") return { outcome, at: path };
    const { path: at, status } = await locate(disk, path, mayBeSpent);
    if (status !== null) return { outcome: refuseFolder(status, at), at };
    await refuseDangling(disk, at);
    return { outcome: await this.#temporaries.link(disk, staged, at), at };
  }

  async #isDurableByOneSync(
    disk: FileSystem,
    handle: number,
    path: string,
    bytes: Uint8Array,
  ): Promise<boolean> {
    if (await this.#isDurable(this.#syncTimed(disk, handle, bytes.length, "sync"), path)) return true;
    this.#dropped.set(path, bytes);
    return this.#isDurable(this.#swap(disk, path, [bytes]), path);
  }

  /** Whether the file just linked could be made durable. */
  async #isDurable(syncing: Promise<void>, path: string): Promise<boolean> {
    try {
      await syncing;
    } catch (cause) {
      if (systemCode(cause) === null) throw cause;
      return false;
    }
    this.#unsynced.delete(path);
    return true;
  }
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function refuseFolder({ isFolder }: FileStatus, path: string): PutOutcome {
  if (!isFolder) return "exists";
  throw new OmnigraphError(
    "store_unsupported",
    `${path} is a folder of other objects, so no object can have its name; choose another key`,
    { details: { path } },
  );
}
