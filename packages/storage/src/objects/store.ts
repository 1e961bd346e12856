/** How long an acknowledged put lasts. `durable`: it survives power loss. `relaxed`: it survives the process only. */
export type Durability = "durable" | "relaxed";

/** The bytes of an object that is put: whole, or in parts that follow each other. */
export type PutBytes = Uint8Array | readonly Uint8Array[];

/** The bytes in one piece. */
export function wholeBytes(bytes: PutBytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes);
}

/** One name of a listing. */
export interface ObjectInfo {
  /** The key, relative to the store's root, with `/` between its parts. */
  readonly key: string;
  readonly size: number;
  /** The store's own clock, milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** An object with the version that a conditional replacement names. */
export interface VersionedObject {
  readonly bytes: Uint8Array;
  readonly version: string;
}

/** Outcome of a conditional put. `unknown`: there was no answer; the put may have happened, or may still happen. */
export type PutOutcome = "stored" | "exists" | "unknown";

/**
 * A flat space of immutable-by-convention objects: a local folder, an S3 prefix or memory.
 * Keys are any non-empty Unicode text of parts joined by `/`, no part empty, `.` or `..`; names survive any file system. No key is the folder of
 * another (`a` beside `a/b`): a local store refuses the second with `store_unsupported`. On S3 keys are of printable ASCII. One key is replaced either by `put` or by `putIfMatch`, never by both.
 * An empty folder is no object, and listing `a/` does not show `ab/x`.
 *
 * Failures are OmnigraphErrors: `store_denied`, `store_full`, `store_transient`, `store_unsupported`. Absence is an answer, not an error;
 * a refusal (403) is never taken for absence.
 */
export interface ObjectStore {
  /** For messages: a path or URI. */
  readonly uri: string;
  /** Whether names are listed in order of their bytes, so that `after` and `limit` save work. */
  readonly ordered: boolean;
  /** Whether calls throw `graph_replaced` once the address leads to something else than what was opened. If false, the caller must check that. */
  readonly noticesReplacement: boolean;
  /** Bytes that an object may have at most; without it any number. */
  readonly mostBytes?: number;
  /** Whole object, or null where there is none. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** Bytes [offset, offset+length) cut at the end; a negative offset counts from the end. Null where there is none. */
  range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** As `range` from an offset above 0, by a blocking call. Stores that are not on this machine lack it. */
  readonly rangeNow?: ((key: string, offset: number, length: number) => Uint8Array | null) | undefined;
  getVersioned(key: string): Promise<VersionedObject | null>;
  /** Whether there is an object, without reading it. */
  exists(key: string): Promise<boolean>;
  /** Creates or replaces. Complete before it is visible. */
  put(key: string, bytes: PutBytes, durability?: Durability): Promise<void>;
  /**
   * Creates, never replaces: of any number of concurrent callers exactly one gets `stored`. Never retried here: a lost answer is `unknown`. The caller
   * then reads the object to see whether it is its own, and syncs it. Where the network repeats requests, even `exists` can mean one's own object.
   */
  putIfAbsent(key: string, bytes: Uint8Array, durability?: Durability): Promise<PutOutcome>;
  /** Replaces the version named; null expects absence. Answers the new version, or null when the condition was lost. */
  putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null>;
  /**
   * Makes existing objects durable, whoever wrote them. Needed for relaxed puts of other processes, and for one's own put after `unknown`. A durable
   * put syncs by itself what the same store put relaxed before. Absent keys are skipped.
   */
  sync(keys: readonly string[]): Promise<void>;
  /** Names that begin with `prefix`, in order of their bytes, those after `after` only, at most `limit`. */
  list(
    prefix: string,
    options?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly ObjectInfo[]>;
  /**
   * Names below the root that are neither objects nor the store's own files, at most `limit`: files of other programs (`.git`, `My Photos`) and empty
   * folders; folders end with `/`. None where every name is a key.
   */
  foreignNames(limit: number): Promise<readonly string[]>;
  /** Removes an object; an absent one is no error. Power loss may undo it. */
  delete(key: string): Promise<void>;
  deletePrefix(prefix: string): Promise<void>;
  close(): Promise<void>;
}

/** Whether a call takes the round trip of a network, so that what will be needed is best asked for at once. */
export function isRemote({ rangeNow }: ObjectStore): boolean {
  return rangeNow === undefined;
}
