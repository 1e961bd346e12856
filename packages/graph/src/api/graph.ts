import type { LoadMode, QueryAnswer } from "@omnigraph/wire";

/**
 * A time: ISO 8601 (a date alone is midnight UTC), exact to the microsecond with six digits of a second, or a `Date`, which knows milliseconds alone and means
 * the whole of its own. Or a commit: its id or the first digits of it, a branch, which means its head, or `main~2`.
 */
export type PointInTime = string | Date;

/** What every call accepts. */
export interface CallOptions {
  /** Stops the call, which then fails with `aborted`; what has taken effect stays. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the call may take: any number from 0, Infinity for no bound. Default: no bound, for a query the limit `queryDeadlineMs`. */
  readonly deadlineMs?: number;
}

/** What a read reads, and how. */
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

/** Which query is compiled, and for what. */
export interface PrepareOptions {
  /** The query's name; not needed when the source holds one. */
  readonly name?: string;
  /** The branch whose schema it is compiled for, and that runs read unless they name another. Default `main`. */
  readonly branch?: string;
}

/** Whose schema is shown. */
export interface SchemaOptions {
  /** Default `main`. */
  readonly branch?: string;
}

/** Whose schema is shown, and as of when. */
export interface CatalogOptions extends SchemaOptions {
  /** As for reads. */
  readonly at?: PointInTime;
}

/** Whose counts are shown. */
export interface SnapshotOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
}

/**
 * Parameters as JSON values; 64-bit integers also as bigint or decimal text. A `Date` is a DateTime, and a Date where it is midnight UTC.
 */
export type Parameters = Readonly<Record<string, unknown>>;

/** What every write accepts. */
export interface WriteOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Author of the commit. Default: the handle's. */
  readonly actor?: string;
  /** Why: kept with the commit. */
  readonly message?: string;
  /** Identity of the write across retries (idempotency key): a repeat answers the first one's commit. */
  readonly op?: string;
}

/** What a mutation accepts. */
export interface MutateOptions extends WriteOptions {
  /** The mutation's name; not needed when the source holds one. */
  readonly name?: string;
  /** Name of the source for messages. Default `<query>`. */
  readonly file?: string;
  /** Write only when this is the branch's newest commit with changes; else `precondition_failed`. */
  readonly ifCommit?: string;
}

/** Where a branch is made, and by whom. */
export interface BranchCreateOptions extends CallOptions {
  /** A branch, at its head, or a commit as `PointInTime` names it. Default `main`. */
  readonly from?: string;
  /** Who makes it. Default: the handle's. */
  readonly actor?: string;
}

/** Who deletes a branch, and why. */
export interface BranchDeleteOptions extends CallOptions {
  /** Who deletes it. Default: the handle's. */
  readonly actor?: string;
  /** Why: kept with the end of the branch. */
  readonly message?: string;
}

/** How far a load is. */
export interface LoadProgress {
  /** Bytes of the input that were read. */
  readonly bytes: number;
  /** Lines of the input that were read. */
  readonly rows: number;
  /** What the load is at: reading and checking lines, checking the whole, writing tables. */
  readonly phase: "read" | "check" | "write";
}

/** How a load treats what is there, and where it goes. */
export interface LoadOptions extends WriteOptions {
  /** How it treats what is there. */
  readonly mode: LoadMode;
  /** A branch or a commit id: where the branch is missing, it is made there together with the load's commit, or not at all. */
  readonly from?: string;
  /** Is called now and then while the load is under way. What it throws ends the load with `caller_failed`. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** A piece of NDJSON of any size, as bytes or text, or one line as the object that it holds. */
export type LoadPiece = Uint8Array | string | object;

/**
 * NDJSON: the whole of it as text or bytes, or pieces one after the other (an array, a generator, a stream of Node or of the web). An object stands for its
 * line: a `Date` in it for its ISO text (the day alone where it is midnight UTC), a bigint for its digits.
 */
export type LoadInput = AsyncIterable<LoadPiece> | Iterable<LoadPiece> | Uint8Array | string;

/** What an export holds. */
export interface ExportOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** As for reads. */
  readonly at?: PointInTime;
  /** Only these types, by name. Default: all. */
  readonly types?: readonly string[];
}

/** Which commits are listed. */
export interface CommitListOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Most commits to answer. Default: all. */
  readonly limit?: number;
}

/** Which page of commits is listed. */
export interface CommitPageOptions extends CallOptions {
  /** Default `main`; a page token says it already. */
  readonly branch?: string;
  /** Most commits to answer. Default: the limit `commitsPage`. */
  readonly limit?: number;
  /** Goes on where an earlier page ended. */
  readonly pageToken?: string;
}

/** A query that was compiled once, for the schema that its branch had then; it is compiled anew where the schema of what it reads is another. */
export interface PreparedQuery {
  /** The query's name. */
  readonly name: string;
  /** Names of the columns of its answers, in their order. */
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
