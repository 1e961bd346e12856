import type { LoadMode, QueryAnswer } from "@omnigraph/wire";

/**
 * A time: ISO 8601 (a date alone is midnight UTC) with up to six decimals of a second, or a `Date`, which means the end of its millisecond. Or a commit: its id
 * or the first digits of it, a branch, which means its head, or `main~2`.
 */
export type PointInTime = string | Date;

/** What every call accepts. */
export interface CallOptions {
  /** Stops the call, which then fails with `aborted`; effects that it already had stay. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the call may take: any number from 0, Infinity for no deadline. Default: none, for a query the limit `queryDeadlineMs`. */
  readonly deadlineMs?: number;
}

/** What a query reads, and how. */
export interface ReadOptions extends CallOptions {
  /** The query's name; not needed when the source holds one. */
  readonly name?: string;
  /** Name of the source for messages. */
  readonly file?: string;
  /** Default `main`. */
  readonly branch?: string;
  /** Read an earlier state: at a commit, or at a time, which means the newest commit of the branch at that time. */
  readonly at?: PointInTime;
  /** Milliseconds for which the head of the branch is used without asking the store again: from 0, Infinity for ever. Default 0: the store is always asked. */
  readonly maxStalenessMs?: number;
}

/** What is explained, and how. */
export interface ExplainOptions extends Omit<ReadOptions, "maxStalenessMs"> {
  /** Runs the query as well, and answers what each step came to. Default false: only the plan is made, no parameter is needed. */
  readonly analyze?: boolean;
}

/** How a prepared query is run. */
export type RunOptions = Omit<ReadOptions, "name" | "file">;

/** Which query is compiled, and for which branch. */
export interface PrepareOptions {
  /** The query's name; not needed when the source holds one. */
  readonly name?: string;
  /** The branch whose schema it is compiled for, and which runs read unless they name another. Default `main`. */
  readonly branch?: string;
}

/** Which schema is shown. */
export interface SchemaOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** As for reads. */
  readonly at?: PointInTime;
}

/** Which schema would change, and how. */
export interface SchemaPlanOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Name of the source for messages. Default `schema.pg`. */
  readonly file?: string;
  /** Whether what is dropped is given up for good; else older commits can still read it. Default false. */
  readonly allowDataLoss?: boolean;
}

/** Which branch gets another schema, and how. */
export interface SchemaApplyOptions extends WriteOptions {
  /** Name of the source for messages. Default `schema.pg`. */
  readonly file?: string;
  /** Whether what is dropped is given up for good. Default false. */
  readonly allowDataLoss?: boolean;
  /** Apply only if this is the newest commit of the branch that changed something; else `precondition_failed`. */
  readonly ifCommit?: string;
}

/** Which branch is counted. */
export interface SnapshotOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Names the tables of each type. Default false. */
  readonly tables?: boolean;
}

/**
 * Parameters as JSON values; 64-bit integers also as bigint or decimal text. A JavaScript `Date` is a value of a DateTime, and at midnight UTC also of a Date.
 */
export type Parameters = Readonly<Record<string, unknown>>;

/** What every write accepts. */
export interface WriteOptions extends CallOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Author of the commit. Default: the handle's. */
  readonly actor?: string;
  /** Why; stored in the commit. */
  readonly message?: string;
  /** Identity of the write across retries (idempotency key): a repeated write returns the commit of the first one. */
  readonly op?: string;
}

/** What a mutation accepts. */
export interface MutateOptions extends WriteOptions {
  /** The mutation's name; not needed when the source holds one. */
  readonly name?: string;
  /** Name of the source for messages. Default `<query>`. */
  readonly file?: string;
  /** Write only if this is the newest commit of the branch that changed something; else `precondition_failed`. */
  readonly ifCommit?: string;
}

/** What a branch is made from, and by whom. */
export interface BranchCreateOptions extends CallOptions {
  /** A branch, which means its head, or a commit, named as in `PointInTime`. Default `main`. */
  readonly from?: string;
  /** Who makes it. Default: the handle's. */
  readonly actor?: string;
}

/** Who deletes a branch, and why. */
export interface BranchDeleteOptions extends CallOptions {
  /** Who deletes it. Default: the handle's. */
  readonly actor?: string;
  /** Why; stored in the last commit of the branch. */
  readonly message?: string;
}

/** The progress of a load. */
export interface LoadProgress {
  /** Bytes of the input that were read. */
  readonly bytes: number;
  /** Lines of the input that were read. */
  readonly rows: number;
  /** The current step: reading and checking lines, checking the whole, writing tables. */
  readonly phase: "read" | "check" | "write";
}

/** How a load treats existing entities, and which branch it goes to. */
export interface LoadOptions extends WriteOptions {
  /** How it treats existing entities. */
  readonly mode: LoadMode;
  /** A branch or a commit: if the branch of the load does not exist, it is made from this one together with the load's commit, or not at all. */
  readonly from?: string;
  /** Is called now and then during the load. If it throws, the load fails with `caller_failed`. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** A piece of NDJSON of any size, as bytes or text, or one line as an object. */
export type LoadPiece = Uint8Array | string | object;

/**
 * NDJSON: all of it as text or bytes, or in pieces (an array, a generator, a stream of Node or of the web). An object is one line: a `Date` in it means its
 * ISO text (the day alone if it is midnight UTC), a bigint its digits.
 */
export type LoadInput = AsyncIterable<LoadPiece> | Iterable<LoadPiece> | Uint8Array | string;

/** What is exported. */
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
  /** Default `main`; not needed with a page token. */
  readonly branch?: string;
  /** Most commits to answer, at most the limit `commitsPageMost`. Default: the limit `commitsPage`. */
  readonly limit?: number;
  /** Continues where an earlier page ended. */
  readonly pageToken?: string;
}

/** A compiled query. If a run reads a commit with another schema, the query is compiled again for that schema. */
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
   * @throws `number_overflow`, `memory_exceeded`, `store_full`, `store_denied`, `store_transient` as `query`
   * @example
   * ```ts
   * const adults = await graph.prepare("query q($least: I32) { match { $p: Person  $p.age >= $least } return { $p.name as name } }");
   * console.log((await adults.run({ least: 18 }, { maxStalenessMs: 100 })).rows); // [ { name: 'Ann' } ]
   * ```
   */
  run(parameters?: Parameters | null, options?: RunOptions): Promise<QueryAnswer>;
}
