import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { assert, type Environment, Semaphore, systemEnvironment } from "@omnigraph/base";
import { escapeKey } from "./file-names.ts";
import { type Answer, type FileStatus, hasCode, type LocalDisk, realDisk } from "./filesystem.ts";
import { checkKey } from "../keys.ts";
import { localError } from "./errors.ts";
import { readPartNow } from "./read-part.ts";
import { listFolder, listForeignNames } from "./list.ts";
import { type LockContext, underLock } from "./lock.ts";
import { LocalRoot } from "./root.ts";
import { LocalWriter } from "./writer.ts";
import { type Owners, systemOwners } from "./owner.ts";
import { isSpent, openIfThere, spelling, type Location, locate } from "./spent-names.ts";
import type { Durability, ObjectInfo, ObjectStore, PutBytes, PutOutcome, VersionedObject } from "../store.ts";
import { placeOf } from "../place.ts";

/** What a local store takes from its surroundings; each has a real default. */
export interface LocalOptions {
  readonly environment?: Environment;
  readonly disk?: LocalDisk;
  readonly owners?: Owners;
  /**
   * Keys whose objects are never empty and never begin with a zero byte. Only these may be put by one sync, because what power loss leaves of such
   * a put can be told from an object. Default: none. All who open a root must agree on these keys.
   */
  readonly oneSync?: ((key: string) => boolean) | undefined;
}

/** Which bytes of an object are read, given its size. */
type Cut = (size: number) => readonly [from: number, to: number];

/** Files open at a time: thousands of concurrent calls must not use up the handles of the process. */
const FILES = 64;
/** Largest read, in bytes, that is done by a blocking call. */
const SMALL_BYTES = 64 << 10;

/**
 * Objects as files below one folder. The first write makes the folder if it never existed; reading never makes anything. Once the folder was there, a
 * call that writes or finds nothing throws `graph_replaced` if the path leads nowhere, or to another folder.
 */
export class LocalObjects implements ObjectStore {
  readonly uri: string;
  /** A folder lists in no order and must be read whole, so probing single names is faster than listing. */
  readonly ordered = false;
  readonly noticesReplacement = true;
  readonly rangeNow: ObjectStore["rangeNow"];
  readonly #root: LocalRoot;
  readonly #disk: LocalDisk;
  readonly #environment: Environment;
  readonly #owners: Owners;
  readonly #oneSync: (key: string) => boolean;
  readonly #openFiles = new Semaphore(FILES);
  readonly #writer: LocalWriter;

  /** `root` is an absolute path. */
  constructor(root: string, options: LocalOptions = {}) {
    this.uri = root;
    this.#root = new LocalRoot(root);
    this.#disk = options.disk ?? realDisk;
    this.#environment = options.environment ?? systemEnvironment;
    this.#owners = options.owners ?? systemOwners;
    this.#oneSync = options.oneSync ?? (() => false);
    this.#writer = new LocalWriter(this.#root, this.#disk, this.#environment, this.#openFiles);
    // The calls of a simulated disk need not block.
    if (this.#disk === realDisk)
      this.rangeNow = (key, offset, length) =>
        readPartNow(`${this.folder}/${escapeKey(key)}`, offset, length);
  }

  get(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    return this.#read(key, signal, (size) => [0, size]);
  }

  range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    return this.#read(key, signal, (size) => {
      const from = Math.min(offset < 0 ? Math.max(0, size + offset) : offset, size);
      return [from, Math.min(size, from + length)];
    });
  }

  async getVersioned(key: string): Promise<VersionedObject | null> {
    const bytes = await this.get(key);
    return bytes === null ? null : { bytes, version: versionOf(bytes) };
  }

  async exists(key: string): Promise<boolean> {
    const path = this.#path(key);
    return this.#typed("look at", path, async () => {
      if (!(await this.#opened())) return false;
      const { status } = await this.#locate(key, path);
      if (status !== null && !status.isFolder) return true;
      await this.#root.verify(this.#disk.blocking, dirname(path));
      return false;
    });
  }

  async put(key: string, bytes: PutBytes, durability: Durability = "durable"): Promise<void> {
    const path = this.#path(key);
    const parts = bytes instanceof Uint8Array ? [bytes] : bytes;
    await this.#typed("write", path, async () => {
      this.#checkBytes(key, parts[0] ?? new Uint8Array(0));
      await this.#writer.replace((await this.#locate(key, path)).path, parts, durability);
    });
  }

  async putIfAbsent(key: string, bytes: Uint8Array, durability: Durability = "durable"): Promise<PutOutcome> {
    const path = this.#path(key);
    return this.#typed("write", path, () => {
      this.#checkBytes(key, bytes);
      return this.#writer.create(path, bytes, durability, this.#oneSync(key));
    });
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    const path = this.#path(key);
    const name = createHash("sha256").update(key).digest("hex");
    return this.#typed("replace", path, async () => {
      await this.#root.verify(this.#disk.blocking, dirname(path));
      return underLock(this.#lockContext(), join(this.uri, ".locks", name), async () => {
        const now = await this.getVersioned(key);
        if ((now?.version ?? null) !== version) return null;
        await this.put(key, bytes);
        return versionOf(bytes);
      });
    });
  }

  async sync(keys: readonly string[]): Promise<void> {
    await this.#typed("sync", this.uri, async () => {
      const places = await Promise.all(keys.map((key) => this.#locate(key, this.#path(key))));
      await this.#writer.sync(
        places.map(({ path }) => path),
        keys.every((key) => this.#oneSync(key)),
      );
    });
  }

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ObjectInfo[]> {
    const request = { prefix, after: options.after ?? null, limit: options.limit ?? Infinity };
    const statusOf = async (key: string, path: string): Promise<FileStatus | null> =>
      (await this.#locate(key, path)).status;
    return this.#typed("list", this.uri, async () => {
      if (!(await this.#opened())) return [];
      const found = await listFolder({ disk: this.#disk.blocking, root: this.uri, statusOf }, request);
      await this.#root.verify(this.#disk.blocking, this.uri);
      return found;
    });
  }

  async foreignNames(limit: number): Promise<readonly string[]> {
    return this.#typed("list", this.uri, async () =>
      (await this.#opened()) ? listForeignNames(this.#disk.blocking, this.uri, limit) : [],
    );
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#typed("remove", path, async () => this.#writer.remove((await this.#locate(key, path)).path));
  }

  async deletePrefix(prefix: string): Promise<void> {
    if (prefix.endsWith("/")) {
      const path = this.#path(prefix.slice(0, -1));
      await this.#typed("remove", path, () => this.#writer.removeFolder(path));
      return;
    }
    for (const { key } of await this.list(prefix)) await this.delete(key);
  }

  /** As `LocalRoot.stablePath`: for others that write into the folder, such as Lance. */
  get folder(): string {
    return this.#root.stablePath;
  }

  async close(): Promise<void> {
    await this.#typed("close", this.uri, async () => {
      await this.#writer.close();
      await this.#root.close(this.#disk.blocking);
    });
  }

  #path(key: string): string {
    checkKey(key);
    return placeOf(this, escapeKey(key));
  }

  /** Whether the root is there; from the first time on it must be that very folder. */
  #opened(): Answer<boolean> {
    return this.#root.isOpen || this.#root.open(this.#disk.blocking);
  }

  /** The file of a key, given the path of its first spelling. */
  #locate(key: string, path: string): Promise<Location> {
    return locate(this.#disk.blocking, path, this.#oneSync(key));
  }

  #checkBytes(key: string, [first = 0]: Uint8Array): void {
    assert(first !== 0 || !this.#oneSync(key), `object ${key} begins as no object of its kind does`);
  }

  /** Reads the bytes that `cut` chooses by the object's size, from one handle, so that a replacement in between is never mixed in. */
  async #read(key: string, signal: AbortSignal | undefined, cut: Cut): Promise<Uint8Array | null> {
    const path = this.#path(key);
    signal?.throwIfAborted();
    return this.#typed("read", path, async () => {
      if (!(await this.#opened())) return null;
      const mayBeSpent = this.#oneSync(key);
      for (let number = 0; ; number++) {
        const at = spelling(path, number);
        const status = await this.#disk.blocking.stat(at); // a failed open would cost five times as much
        if (status === null || status.isFolder) break;
        const bytes = await this.#openFiles.run(() => this.#readFile(at, cut, mayBeSpent));
        if (bytes === null) break;
        if (bytes === "spent") continue;
        if (mayBeSpent) await this.#root.pin(this.#disk.blocking, dirname(path));
        return bytes;
      }
      // An object is missing only if the folder that lacks it is the one that was opened.
      await this.#root.verify(this.#disk.blocking, dirname(path));
      return null;
    });
  }

  async #readFile(path: string, cut: Cut, mayBeSpent: boolean): Promise<Uint8Array | null | "spent"> {
    const { blocking, background } = this.#disk;
    const handle = await openIfThere(blocking, path);
    if (handle === null) return null;
    try {
      const { size } = await blocking.statHandle(handle);
      if (mayBeSpent && (await isSpent(blocking, handle, size))) return "spent";
      const [from, to] = cut(size);
      const bytes = new Uint8Array(to - from);
      const disk = bytes.length <= SMALL_BYTES ? blocking : background;
      const count = await disk.read(handle, bytes, from);
      return count < bytes.length ? bytes.subarray(0, count) : bytes;
    } finally {
      await blocking.close(handle);
    }
  }

  #lockContext(): LockContext {
    return {
      disk: this.#disk.blocking,
      clock: this.#environment.clock,
      owners: this.#owners,
      makeFolder: (folder) => this.#writer.makeFolder(folder),
      create: async (path, bytes) => (await this.#writer.create(path, bytes, "relaxed", false)) === "stored",
    };
  }

  async #typed<T>(action: string, path: string, body: () => Answer<T>): Promise<T> {
    try {
      return await body();
    } catch (cause) {
      if (hasCode(cause, "ENOENT")) await this.#root.verify(this.#disk.blocking, this.uri);
      throw localError(cause, action, path);
    }
  }
}

function versionOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
