import { type Environment, OmnigraphError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { claim } from "../content-objects.ts";

/** What a copy has done so far. */
export interface CopyCounts {
  /** Objects that were put. */
  copied: number;
  /** Objects that were there already. */
  kept: number;
  /** Bytes that were put. */
  bytes: number;
}

export interface CopyTargetOptions {
  readonly environment: Environment;
  /** Reads back every object, also those that were there, and compares it with the source. */
  readonly verify: boolean;
  readonly onPut: (counts: Readonly<CopyCounts>) => void;
}

/** The store that a graph is copied into. What is there is never replaced: other bytes under a key are an error. */
export class CopyTarget {
  readonly store: ObjectStore;
  readonly counts: CopyCounts = { copied: 0, kept: 0, bytes: 0 };
  readonly verify: boolean;
  readonly #options: CopyTargetOptions;
  /** Sizes of the objects that were there before, by key. */
  readonly #present: ReadonlyMap<string, number>;

  private constructor(store: ObjectStore, present: ReadonlyMap<string, number>, options: CopyTargetOptions) {
    this.store = store;
    this.#present = present;
    this.#options = options;
    this.verify = options.verify;
  }

  static async open(store: ObjectStore, options: CopyTargetOptions): Promise<CopyTarget> {
    const listed = await store.list("");
    return new CopyTarget(store, new Map(listed.map(({ key, size }) => [key, size])), options);
  }

  /** The keys that were there before. */
  keys(): Iterable<string> {
    return this.#present.keys();
  }

  /**
   * Puts an object, or checks that the one that is there is the same: has the same bytes, or is the same to `isSame`. Errors: `backup_differs`.
   */
  async put(key: string, bytes: Uint8Array, isSame = isEqual): Promise<void> {
    if (this.#present.has(key)) {
      await this.#compare(key, bytes, isSame);
      this.counts.kept++;
      return;
    }
    const there = await claim(this.store, this.#options.environment, key, bytes);
    if (!isSame(there, bytes)) throw this.differs(key, "has other bytes");
    if (this.verify) await this.#compare(key, bytes, isSame);
    this.counts.copied++;
    this.counts.bytes += bytes.length;
    this.#options.onPut(this.counts);
  }

  /**
   * Whether an object was there before, with a size where one is given, and need not be looked at: never where all is verified. Errors: `backup_differs` where it
   * has another size.
   */
  keeps(key: string, size: number | null): boolean {
    const there = this.#present.get(key);
    if (there === undefined || this.verify) return false;
    if (size !== null && there !== size) throw this.differs(key, `has ${there} bytes, not ${size}`);
    this.counts.kept++;
    return true;
  }

  differs(key: string, how: string): OmnigraphError {
    const place = placeOf(this.store, key);
    return new OmnigraphError(
      "backup_differs",
      `${place} ${how}: it is not what would be copied there, and nothing was replaced; choose another place for the copy`,
      { details: { place } },
    );
  }

  async #compare(key: string, bytes: Uint8Array, isSame: typeof isEqual): Promise<void> {
    const there = await this.store.get(key);
    if (there === null || !isSame(there, bytes)) throw this.differs(key, "has other bytes");
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
