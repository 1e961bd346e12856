import { type Clock, systemEnvironment } from "@omnigraph/base";
import { checkKey, compareKeys } from "../keys.ts";
import {
  type ObjectInfo,
  type ObjectStore,
  type PutBytes,
  type PutOutcome,
  type VersionedObject,
  wholeBytes,
} from "../store.ts";

interface Held {
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly modifiedMs: number;
}

/** The objects under one `memory://name`. */
interface Space {
  readonly objects: Map<string, Held>;
  /** Number of puts so far, which is the newest version. */
  puts: number;
}

/** Every `memory://name` of this process: two openings of one name see the same objects. */
const NAMED = new Map<string, Space>();

/** Objects in this process's memory; they end with it. Bytes are copied in and out. */
export class MemoryObjects implements ObjectStore {
  readonly uri: string;
  readonly ordered = true;
  readonly noticesReplacement = false;
  readonly #space: Space;
  readonly #clock: Clock;

  constructor(name: string, clock: Clock = systemEnvironment.clock) {
    this.uri = `memory://${name}`;
    this.#space = NAMED.get(name) ?? { objects: new Map(), puts: 0 };
    this.#clock = clock;
    NAMED.set(name, this.#space);
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    signal?.throwIfAborted();
    return this.#held(key)?.bytes.slice() ?? null;
  }

  async range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    signal?.throwIfAborted();
    return this.rangeNow(key, offset, length);
  }

  rangeNow(key: string, offset: number, length: number): Uint8Array | null {
    const bytes = this.#held(key)?.bytes;
    if (bytes === undefined) return null;
    const from = offset < 0 ? Math.max(0, bytes.length + offset) : offset;
    return bytes.slice(from, from + length);
  }

  async getVersioned(key: string): Promise<VersionedObject | null> {
    const held = this.#held(key);
    return held === undefined ? null : { bytes: held.bytes.slice(), version: held.version };
  }

  async exists(key: string): Promise<boolean> {
    return this.#held(key) !== undefined;
  }

  async put(key: string, bytes: PutBytes): Promise<void> {
    this.#hold(key, wholeBytes(bytes));
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    if (this.#held(key) !== undefined) return "exists";
    this.#hold(key, bytes);
    return "stored";
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    return (this.#held(key)?.version ?? null) === version ? this.#hold(key, bytes) : null;
  }

  async sync(): Promise<void> {}

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ObjectInfo[]> {
    const { after, limit } = options;
    const keys = [...this.#space.objects.keys()].filter(
      (key) => key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0),
    );
    return keys
      .toSorted(compareKeys)
      .slice(0, limit)
      .flatMap((key) => {
        const held = this.#space.objects.get(key);
        return held === undefined ? [] : [{ key, size: held.bytes.length, modifiedMs: held.modifiedMs }];
      });
  }

  async foreignNames(): Promise<readonly string[]> {
    return [];
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.#space.objects.delete(key);
  }

  async deletePrefix(prefix: string): Promise<void> {
    for (const key of this.#space.objects.keys()) if (key.startsWith(prefix)) this.#space.objects.delete(key);
  }

  async close(): Promise<void> {}

  #held(key: string): Held | undefined {
    checkKey(key);
    return this.#space.objects.get(key);
  }

  #hold(key: string, bytes: Uint8Array): string {
    checkKey(key);
    const version = String(++this.#space.puts);
    const modifiedMs = Math.floor(this.#clock.nowMicros() / 1000);
    this.#space.objects.set(key, { bytes: bytes.slice(), version, modifiedMs });
    return version;
  }
}
