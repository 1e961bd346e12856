import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Environment, OmnigraphError } from "@omnigraph/base";
import { type Answer, type FileSystem, hasCode, type LocalDisk, systemCode } from "./filesystem.ts";
import type { Gate } from "./gate.ts";
import { LocalFolders } from "./local-folders.ts";
import { refuseNetwork } from "./local-kinds.ts";
import type { Durability, PutOutcome } from "./store.ts";

/** Largest object that is written by blocking calls. */
const SMALL_BYTES = 256 << 10;
/** Where syncing a small file takes longer than this, syncs are left to the background: a thread should not stand still for long. */
const SLOW_MS = 4;
/** A chain of writes, each by calls that block, lets the event loop turn this often: timers and all work in the background wait for that. */
const TURN_MS = 4;
/** Age at which a temporary file of a writer that never came back is removed. Politeness only: a writer that does come back fails cleanly. */
const STALE_MS = 24 * 3600 * 1000;

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

  /** Creates a file; `unknown` when it is there but could not be synced, or nobody can tell. */
  async create(path: string, bytes: Uint8Array, durability: Durability): Promise<PutOutcome> {
    await this.#prepare();
    const there = await this.#disk.blocking.stat(path);
    if (there !== null) return refuseFolder(there.isFolder, path);
    return this.#timed(bytes, durability, async (disk) => {
      const staged = await this.#stage(disk, bytes, durability);
      try {
        const outcome = await this.#link(disk, staged, path);
        if (outcome !== "stored") return outcome;
        this.#unsettled.add(path);
        if (durability === "relaxed") return "stored";
        return (await this.#settled(disk, path)) ? "stored" : "unknown";
      } finally {
        await discard(disk, staged);
      }
    });
  }

  /** Creates or replaces a file. */
  async replace(path: string, bytes: Uint8Array, durability: Durability): Promise<void> {
    await this.#prepare();
    await this.#timed(bytes, durability, async (disk) => {
      const staged = await this.#stage(disk, bytes, durability);
      try {
        await this.#inFolder(disk, path, () => disk.rename(staged, path));
      } catch (cause) {
        await discard(disk, staged);
        throw cause;
      }
      this.#unsettled.add(path);
      if (durability === "relaxed") return;
      await this.#folders.sync(disk, dirname(path));
      this.#unsettled.delete(path);
    });
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
    await refuseNetwork(disk, this.#root);
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

  /** Syncs a file's bytes and, where there are few, takes note of the disk's pace: not of what else the thread does meanwhile. */
  async #syncBytes(disk: FileSystem, handle: number, count: number): Promise<void> {
    const { clock } = this.#environment;
    const began = clock.monotonicMs();
    const syncing = disk.syncData(handle);
    if (syncing instanceof Promise) await syncing;
    if (count <= SMALL_BYTES) this.#paceMs += (clock.monotonicMs() - began - this.#paceMs) / 4;
  }

  async #turn(): Promise<void> {
    const now = this.#environment.clock.monotonicMs();
    if (now - this.#turnedMs < TURN_MS) return;
    this.#turnedMs = now;
    await setImmediate();
  }

  /** A temporary file with these bytes, synced if they are to be durable. */
  async #stage(disk: FileSystem, bytes: Uint8Array, durability: Durability): Promise<string> {
    const path = `${this.#prefix}-${this.#files++}`;
    const handle = await this.#inFolder(disk, path, () => disk.open(path, "create"));
    try {
      try {
        await disk.write(handle, bytes);
        if (durability === "durable") await this.#syncBytes(disk, handle, bytes.length);
      } finally {
        await disk.close(handle);
      }
    } catch (cause) {
      await discard(disk, path);
      throw cause;
    }
    return path;
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

  /** Whether the name just linked could be made durable. */
  async #settled(disk: FileSystem, path: string): Promise<boolean> {
    try {
      await this.#folders.sync(disk, dirname(path));
    } catch (cause) {
      if (systemCode(cause) === null) throw cause;
      return false;
    }
    this.#unsettled.delete(path);
    return true;
  }
}

function refuseFolder(isFolder: boolean, path: string): PutOutcome {
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
async function discard(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.unlink(path);
  } catch (cause) {
    if (systemCode(cause) === null) throw cause;
  }
}
