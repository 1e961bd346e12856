import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Environment, systemEnvironment } from "@omnigraph/base";
import { escapeKey } from "./file-names.ts";
import { type Answer, type FileSystem, hasCode, type LocalDisk, realDisk } from "./filesystem.ts";
import { Gate } from "./gate.ts";
import { checkKey } from "./keys.ts";
import { localError } from "./local-errors.ts";
import { listFolder } from "./local-list.ts";
import { underLock } from "./local-lock.ts";
import { LocalWriter } from "./local-writer.ts";
import { type Owners, systemOwners } from "./owner.ts";
import type { Durability, ObjectInfo, ObjectStore, PutOutcome, VersionedObject } from "./store.ts";

/** What a local store takes from its surroundings; each has a real default. */
export interface LocalOptions {
  readonly environment?: Environment;
  readonly disk?: LocalDisk;
  readonly owners?: Owners;
}

/** Files open at a time, so that thousands of calls at once do not use up the handles of the process. */
const FILES = 64;
/** Largest read that blocks. */
const SMALL_BYTES = 64 << 10;

/** Objects as files below one folder. Writing makes the folder where it is missing; reading never makes anything. */
export class LocalObjects implements ObjectStore {
  readonly uri: string;
  /** A folder lists in no order: a listing reads all of it, so that a search by probes is the faster one. */
  readonly ordered = false;
  readonly #root: string;
  readonly #disk: LocalDisk;
  readonly #environment: Environment;
  readonly #owners: Owners;
  readonly #files = new Gate(FILES);
  readonly #writer: LocalWriter;

  /** `root` is an absolute path. */
  constructor(root: string, options: LocalOptions = {}) {
    this.uri = root;
    this.#root = root;
    this.#disk = options.disk ?? realDisk;
    this.#environment = options.environment ?? systemEnvironment;
    this.#owners = options.owners ?? systemOwners;
    this.#writer = new LocalWriter(root, this.#disk, this.#environment, this.#files);
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
    const status = await this.#typed("look at", path, () => this.#disk.blocking.stat(path));
    return status !== null && !status.isFolder;
  }

  async put(key: string, bytes: Uint8Array, durability: Durability = "durable"): Promise<void> {
    const path = this.#path(key);
    await this.#typed("write", path, () => this.#writer.replace(path, bytes, durability));
  }

  async putIfAbsent(key: string, bytes: Uint8Array, durability: Durability = "durable"): Promise<PutOutcome> {
    const path = this.#path(key);
    return this.#typed("write", path, () => this.#writer.create(path, bytes, durability));
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    const path = this.#path(key);
    const name = createHash("sha256").update(key).digest("hex");
    return this.#typed("replace", path, () =>
      underLock(this.#lockGround(), join(this.#root, ".locks", name), async () => {
        const now = await this.getVersioned(key);
        if ((now?.version ?? null) !== version) return null;
        await this.#writer.replace(path, bytes, "durable");
        return versionOf(bytes);
      }),
    );
  }

  async settle(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.#path(key));
    await this.#typed("sync", this.#root, () => this.#writer.settle(paths));
  }

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ObjectInfo[]> {
    const request = { prefix, after: options.after ?? null, limit: options.limit ?? Infinity };
    return this.#typed("list", this.#root, () => listFolder(this.#disk.blocking, this.#root, request));
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#typed("remove", path, () => this.#writer.remove(path));
  }

  async deletePrefix(prefix: string): Promise<void> {
    if (prefix.endsWith("/")) {
      const path = this.#path(prefix.slice(0, -1));
      await this.#typed("remove", path, () => this.#writer.removeFolder(path));
      return;
    }
    for (const { key } of await this.list(prefix)) await this.delete(key);
  }

  async close(): Promise<void> {
    await this.#typed("close", this.#root, () => this.#writer.close());
  }

  #path(key: string): string {
    checkKey(key);
    return `${this.#root}/${escapeKey(key)}`;
  }

  /** Reads the bytes that `cut` chooses by the object's size, from one handle, so that a replacement in between is never mixed in. */
  async #read(
    key: string,
    signal: AbortSignal | undefined,
    cut: (size: number) => readonly [from: number, to: number],
  ): Promise<Uint8Array | null> {
    const path = this.#path(key);
    signal?.throwIfAborted();
    return this.#typed("read", path, async () => {
      const status = await this.#disk.blocking.stat(path); // a failed open would cost five times as much
      return status === null || status.isFolder ? null : this.#files.run(() => this.#readFile(path, cut));
    });
  }

  async #readFile(
    path: string,
    cut: (size: number) => readonly [from: number, to: number],
  ): Promise<Uint8Array | null> {
    const { blocking, background } = this.#disk;
    const handle = await openIfThere(blocking, path);
    if (handle === null) return null;
    try {
      const [from, to] = cut((await blocking.statHandle(handle)).size);
      const bytes = new Uint8Array(to - from);
      const disk = bytes.length <= SMALL_BYTES ? blocking : background;
      const count = await disk.read(handle, bytes, from);
      return count < bytes.length ? bytes.subarray(0, count) : bytes;
    } finally {
      await blocking.close(handle);
    }
  }

  #lockGround(): Parameters<typeof underLock>[0] {
    return {
      disk: this.#disk.blocking,
      clock: this.#environment.clock,
      owners: this.#owners,
      makeFolder: (folder) => this.#writer.makeFolder(folder),
      create: async (path, bytes) => (await this.#writer.create(path, bytes, "relaxed")) === "stored",
    };
  }

  async #typed<T>(action: string, path: string, body: () => Answer<T>): Promise<T> {
    try {
      return await body();
    } catch (cause) {
      throw localError(cause, action, path);
    }
  }
}

async function openIfThere(disk: FileSystem, path: string): Promise<number | null> {
  try {
    return await disk.open(path, "read");
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return null;
    throw cause;
  }
}

function versionOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
