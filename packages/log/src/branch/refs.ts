import { type Environment, isError, OmnigraphError, quoted, lru } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import { claim } from "../content-objects.ts";
import { lastTaken } from "../probing.ts";
import { type DamagedBranch, orDamage } from "./damage.ts";
import { mayBeRecord, recordKey, recordOfKey, RECORDS, recordsPrefix, REFS_PREFIX } from "./names.ts";
import { decodeRef, encodeRef, type RefRecord } from "./ref-record.ts";

/** The newest record of a name. */
export interface NamedRecord {
  readonly name: string;
  readonly number: number;
  readonly record: RefRecord;
}

/** Page size of a listing in search of a record, where the first name is not one. */
const LISTED = 64;
/** Most names of which this process remembers that their newest record is durable. */
const REMEMBERED = 65_536;

/** The records of branch names. */
export class Refs {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #access: "read" | "write";
  /** By name the number of a record that is durable, with all records before it. */
  readonly #durable = lru<number>(REMEMBERED);

  constructor(store: ObjectStore, environment: Environment, access: "read" | "write") {
    this.#store = store;
    this.#environment = environment;
    this.#access = access;
  }

  /** The newest record of a name, or null where it has none. Throws `object_corrupt`, `format_newer`. */
  async newest(name: string, signal?: AbortSignal): Promise<NamedRecord | null> {
    const key = this.#store.ordered ? await this.#newestListed(name) : await this.#newestProbed(name);
    return key === null ? null : this.read(key, signal);
  }

  /** The newest record of every name, and what is wrong with those that cannot be read. Files that cannot be records are left out. */
  async all(signal?: AbortSignal): Promise<readonly (NamedRecord | DamagedBranch)[]> {
    const newest = new Map<string, string>();
    for (const { key } of await this.#store.list(REFS_PREFIX)) {
      const name = recordOfKey(key)?.name ?? (mayBeRecord(key) ? key.slice(REFS_PREFIX.length) : null);
      if (name !== null && !newest.has(name)) newest.set(name, key);
    }
    const reading = [...newest].map(([name, key]) => orDamage(name, () => this.read(key, signal)));
    return Promise.all(reading);
  }

  /** Puts a record unless its number is taken. Answers the record that is there. Throws `outcome_unknown` where that cannot be told. */
  async claim(name: string, number: number, record: RefRecord): Promise<RefRecord> {
    const key = recordKey(name, number);
    try {
      const own = encodeRef(record);
      const bytes = await claim(this.#store, this.#environment, key, own);
      this.#durable.set(name, number);
      return bytes === own ? record : decodeRef(bytes, this.#access, placeOf(this.#store, key));
    } catch (cause) {
      if (!isError(cause, "store_transient")) throw cause;
      throw new OmnigraphError(
        "outcome_unknown",
        `the store did not say whether branch ${quoted(name)} was made; list the branches once the store answers`,
        { details: { branch: name, incarnation: record.logId }, cause },
      );
    }
  }

  /** Makes a record durable, unless it is known to be. */
  async sync({ name, number }: NamedRecord): Promise<void> {
    if (this.#durable.get(name) === number) return;
    await this.#store.sync([recordKey(name, number)]);
    this.#durable.set(name, number);
  }

  /** Puts a tombstone for a sealed log. It only saves readers a look at the log, so failures are ignored. */
  async noteSealed(name: string, logId: LogId): Promise<void> {
    try {
      const newest = await this.newest(name);
      if (newest === null || newest.record.kind === "deleted" || newest.record.logId !== logId) return;
      const number = newest.number + 1;
      const tombstone = encodeRef({ kind: "deleted", logId });
      const outcome = await this.#store.putIfAbsent(recordKey(name, number), tombstone);
      if (outcome === "stored") this.#durable.set(name, number);
    } catch (cause) {
      if (!isError(cause)) throw cause;
    }
  }

  async #newestListed(name: string): Promise<string | null> {
    const prefix = recordsPrefix(name);
    for (let after: string | undefined, limit = 1; ; limit = LISTED) {
      const listed = await this.#store.list(prefix, after === undefined ? { limit } : { after, limit });
      const found = listed.find(({ key }) => recordOfKey(key) !== null);
      if (found !== undefined) return found.key;
      after = listed.at(-1)?.key;
      if (after === undefined || listed.length < limit) return null;
    }
  }

  /** Finds the newest record by probing. Numbers have no gaps, so a record after the first free number proves that one is missing: `object_corrupt`. */
  async #newestProbed(name: string): Promise<string | null> {
    const isTaken = (number: number): Promise<boolean> => this.#store.exists(recordKey(name, number));
    for (let from = -1; ;) {
      const number = await lastTaken(from, RECORDS, isTaken);
      if (!(await isTaken(number + 2))) return number < 0 ? null : recordKey(name, number);
      // Both may have been put meanwhile.
      if (!(await isTaken(number + 1))) throw this.#damaged(recordKey(name, number + 1));
      from = number + 2;
    }
  }

  /** The record of a key. Throws `object_corrupt`, `format_newer`. */
  async read(key: string, signal?: AbortSignal): Promise<NamedRecord> {
    const named = recordOfKey(key);
    const bytes = named === null ? null : await this.#store.get(key, signal);
    if (named === null || bytes === null) throw this.#damaged(key);
    return { ...named, record: decodeRef(bytes, this.#access, placeOf(this.#store, key)) };
  }

  #damaged(key: string): OmnigraphError {
    const place = placeOf(this.#store, key);
    return new OmnigraphError(
      "object_corrupt",
      `${place} is no record of a branch; restore it from a backup, or remove what does not belong there`,
      { details: { place } },
    );
  }
}
