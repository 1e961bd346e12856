import type { LoadMode, QueryAnswer } from "@omnigraph/wire";

/**
 * A time: ISO 8601 (a date alone is midnight UTC), exact to the microsecond with six digits of a second, or a `Date`, which knows milliseconds alone and means
 * the whole of its own. Or a commit: its id or the first digits of it, a branch, which means its head, or `main~2`.
 */
export type PointInTime = string | Date;

/** What every call accepts. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds that the call may take: any number from 0, Infinity for no bound. */
  readonly deadlineMs?: number;
}

export interface ReadOptions extends CallOptions {
  /** The query's name; not needed when the source holds one. */
  readonly name?: string;
  /** Name of the source for messages. */
  readonly file?: string;
  /** Default `main`. */
  readonly branch?: string;
  /** Read the graph as it was: at a commit, or at a time, which means the branch's newest commit then. */
  readonly at?: PointInTime;
  /** How many milliseconds old the known head may be before it is confirmed by a probe: from 0, Infinity for any age. Default 0: always confirmed. */
  readonly maxStalenessMs?: number;
}

/** How a prepared query is run. */
export type RunOptions = Omit<ReadOptions, "name" | "file">;

export interface PrepareOptions {
  /** The query's name; not needed when the source holds one. */
  readonly name?: string;
  /** The branch whose schema it is compiled for, and that runs read unless they name another. Default `main`. */
  readonly branch?: string;
}

export interface SchemaOptions {
  /** Default `main`. */
  readonly branch?: string;
}

export interface CatalogOptions extends SchemaOptions {
  /** As for reads. */
  readonly at?: PointInTime;
}

export interface SnapshotOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
}

/**
 * Parameters as JSON values; 64-bit integers also as bigint or decimal text. A `Date` is a DateTime, and a Date where it is midnight UTC.
 */
export type Parameters = Readonly<Record<string, unknown>>;

export interface WriteOptions extends CallOptions {
  readonly branch?: string;
  readonly actor?: string;
  /** Why: kept with the commit. */
  readonly message?: string;
  /** Identity of the write across retries (idempotency key): a repeat answers the first one's commit. */
  readonly op?: string;
}

export interface MutateOptions extends WriteOptions {
  readonly name?: string;
  readonly file?: string;
  /** Write only when this is the branch's newest commit with changes; else `precondition_failed`. */
  readonly ifCommit?: string;
}

export interface BranchCreateOptions extends CallOptions {
  /** A branch, at its head, or a commit as `PointInTime` names it. Default `main`. */
  readonly from?: string;
  readonly actor?: string;
}

export interface BranchDeleteOptions extends CallOptions {
  readonly actor?: string;
  /** Why: kept with the end of the branch. */
  readonly message?: string;
}

export interface LoadProgress {
  readonly bytes: number;
  readonly rows: number;
  readonly phase: "read" | "check" | "write";
}

export interface LoadOptions extends WriteOptions {
  readonly mode: LoadMode;
  /** A branch or a commit id: where the branch is missing, it is made there together with the load's commit, or not at all. */
  readonly from?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** A piece of NDJSON of any size, as bytes or text, or one line as the object that it holds. */
export type LoadPiece = Uint8Array | string | object;

/**
 * NDJSON: the whole of it as text or bytes, or pieces one after the other (an array, a generator, a stream of Node or of the web). An object stands for its
 * line: a `Date` in it for its ISO text (the day alone where it is midnight UTC), a bigint for its digits.
 */
export type LoadInput = AsyncIterable<LoadPiece> | Iterable<LoadPiece> | Uint8Array | string;

export interface ExportOptions extends CallOptions {
  readonly branch?: string;
  /** As for reads. */
  readonly at?: PointInTime;
  /** Only these types, by name. Default: all. */
  readonly types?: readonly string[];
}

export interface CommitListOptions extends CallOptions {
  readonly branch?: string;
  /** Most commits to answer. Default: all. */
  readonly limit?: number;
}

export interface CommitPageOptions extends CallOptions {
  readonly branch?: string;
  /** Most commits to answer; the default is a limit of the system. */
  readonly limit?: number;
  /** Goes on where an earlier page ended. */
  readonly pageToken?: string;
}

/** A query that was compiled once, for the schema that its branch had then; it is compiled anew where the schema of what it reads is another. */
export interface PreparedQuery {
  readonly name: string;
  readonly columns: readonly string[];
  /**
   * Runs the query, as `query` does.
   *
   * @throws `parameter_invalid`
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
   * @throws `number_overflow`, `memory_exceeded` as `query`
   * @example
   * ```ts
   * const adults = await graph.prepare("query q($least: I32) { match { $p: Person  $p.age >= $least } return { $p.name as name } }");
   * console.log((await adults.run({ least: 18 }, { maxStalenessMs: 100 })).rows); // [ { name: 'Ann' } ]
   * ```
   */
  run(parameters?: Parameters | null, options?: RunOptions): Promise<QueryAnswer>;
}
