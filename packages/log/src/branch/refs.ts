import { type Environment, isError, OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { Tag } from "../address.ts";
import { claim } from "../content-objects.ts";
import { lastTaken } from "../probing.ts";
import { Recent } from "../recent.ts";
import { recordKey, recordOfKey, RECORDS, recordsPrefix, REFS_PREFIX } from "./names.ts";
import { decodeRef, encodeRef, type RefRecord } from "./ref-record.ts";

/** The newest record of a name. */
export interface NamedRecord {
  readonly name: string;
  readonly number: number;
  readonly record: RefRecord;
}

/** Names of which this process remembers that their newest record lasts. */
const REMEMBERED = 65_536;

/** The records of branch names. */
export class Refs {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #access: "read" | "write";
  /** By name the number of a record that outlasts power loss, with those before it. */
  readonly #lasting = new Recent<number>(REMEMBERED, () => 1);

  constructor(store: ObjectStore, environment: Environment, access: "read" | "write") {
    this.#store = store;
    this.#environment = environment;
    this.#access = access;
  }

  /** The newest record of a name, or null where it has none. Throws `object_corrupt`, `format_newer`. */
  async newest(name: string, signal?: AbortSignal): Promise<NamedRecord | null> {
    const key = this.#store.ordered ? await this.#newestListed(name) : await this.#newestProbed(name);
    return key === null ? null : this.#read(key, signal);
  }

  /** The newest record of every name; as `newest`. */
  async all(signal?: AbortSignal): Promise<readonly NamedRecord[]> {
    const newest = new Map<string, string>();
    for (const { key } of await this.#store.list(REFS_PREFIX)) {
      const name = recordOfKey(key)?.name ?? key;
      if (!newest.has(name)) newest.set(name, key);
    }
    return Promise.all([...newest.values()].map((key) => this.#read(key, signal)));
  }

  /** Puts a record unless that number is taken. Answers what is there. Throws `outcome_unknown` where that cannot be told. */
  async claim(name: string, number: number, record: RefRecord): Promise<RefRecord> {
    const key = recordKey(name, number);
    try {
      const own = encodeRef(record);
      const bytes = await claim(this.#store, this.#environment, key, own);
      this.#lasting.set(name, number);
      return bytes === own ? record : decodeRef(bytes, this.#access, `${this.#store.uri}/${key}`);
    } catch (cause) {
      if (!isError(cause, "store_transient")) throw cause;
      throw new OmnigraphError(
        "outcome_unknown",
        `the store did not say whether branch ${JSON.stringify(name)} was made; list the branches once the store answers`,
        { details: { branch: name, incarnation: record.tag }, cause },
      );
    }
  }

  /** Makes a record outlast power loss, unless it is known to. */
  async settle({ name, number }: NamedRecord): Promise<void> {
    if (this.#lasting.get(name) === number) return;
    await this.#store.settle([recordKey(name, number)]);
    this.#lasting.set(name, number);
  }

  /** Records that the log of a tag is sealed, for what it spares readers: nothing hangs on it. */
  async bury(name: string, tag: Tag): Promise<void> {
    try {
      const newest = await this.newest(name);
      if (newest === null || newest.record.kind === "deleted" || newest.record.tag !== tag) return;
      const number = newest.number + 1;
      const tombstone = encodeRef({ kind: "deleted", tag });
      const outcome = await this.#store.putIfAbsent(recordKey(name, number), tombstone);
      if (outcome === "stored") this.#lasting.set(name, number);
    } catch (cause) {
      if (!isError(cause)) throw cause;
    }
  }

  async #newestListed(name: string): Promise<string | null> {
    const [first] = await this.#store.list(recordsPrefix(name), { limit: 1 });
    return first?.key ?? null;
  }

  /** Records have no gaps. */
  async #newestProbed(name: string): Promise<string | null> {
    const number = await lastTaken(-1, RECORDS, (each) => this.#store.exists(recordKey(name, each)));
    return number < 0 ? null : recordKey(name, number);
  }

  async #read(key: string, signal?: AbortSignal): Promise<NamedRecord> {
    const place = `${this.#store.uri}/${key}`;
    const named = recordOfKey(key);
    const bytes = named === null ? null : await this.#store.get(key, signal);
    if (named === null || bytes === null) {
      throw new OmnigraphError(
        "object_corrupt",
        `${place} is no record of a branch; restore it from a backup, or remove what does not belong there`,
        { details: { place } },
      );
    }
    return { ...named, record: decodeRef(bytes, this.#access, place) };
  }
}
