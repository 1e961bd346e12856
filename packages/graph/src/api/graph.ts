import type { ErrorDetails, Reason } from "@omnigraph/base";
import type { AnswerValue } from "@omnigraph/language";
import type { CommitKind } from "@omnigraph/log";
import type { Durability } from "@omnigraph/storage";

/**
 * A time: ISO 8601 (a date alone is midnight UTC), exact to the microsecond with six digits of a second, or a `Date`, which knows milliseconds alone and means
 * the whole of its own. Or a commit: its id or the first digits of it, a branch, which means its head, or `main~2`.
 */
export type PointInTime = string | Date;

/** How a graph is opened. */
export interface OpenOptions {
  /** Author of the commits made through this handle, unless a call names another. */
  readonly actor?: string;
  /** No write is possible, and none of the checks that writing needs is made. */
  readonly readOnly?: boolean;
  /** Default `durable`: an acknowledged commit survives power loss. */
  readonly durability?: Durability;
  /** Bytes that derived structures may take in memory. Default: OMNIGRAPH_MEMORY, else a limit. */
  readonly memory?: number;
  /** Writes of more rows than this are staged as tables instead of carried inside the commit. Default: a limit. */
  readonly inlineRows?: number;
}

export interface InitOptions extends OpenOptions {
  /** Schema source (`.pg`). */
  readonly schema: string;
  /** Name under which messages show the source. Default `schema.pg`. */
  readonly schemaFile?: string;
}

export interface CloseOptions {
  /** Stops the calls under way, each with `aborted`, instead of waiting for their ends. */
  readonly abort?: boolean;
}

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

/** A row of an answer, by column: dates are ISO text. */
export type AnswerRow = Readonly<Record<string, AnswerValue>>;

/** The answer of a read. */
export interface QueryAnswer {
  readonly queryName: string;
  readonly branch: string;
  /** The commit asked for by `at`, else null. */
  readonly snapshot: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly AnswerRow[];
  /** Names of the columns that are sums. */
  readonly sums: readonly string[];
  /** The commit whose state was read. */
  readonly commit: string;
  /** What is amiss with the call: parameters that the query does not declare, which are ignored. */
  readonly warnings: readonly string[];
}

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

/** A branch as listings show it. */
export interface BranchSummary {
  readonly name: string;
  /** Id of its newest commit; empty where there is a problem. */
  readonly head: string;
  /** Id of the commit that it was made at; null for main. */
  readonly forkedFrom: string | null;
  /** Why the branch cannot be read; left out where it can be. */
  readonly problem?: BranchProblem;
}

/** What is wrong with a branch: as an error about it says. */
export interface BranchProblem {
  readonly reason: Reason;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** A commit as listings show it. */
export interface CommitSummary {
  readonly id: string;
  /** The branch that it was made on; branches made later share it. */
  readonly branch: string;
  /** Length of the chain of first parents; grows strictly along it. */
  readonly depth: number;
  readonly parent: string | null;
  readonly mergedParent: string | null;
  readonly actor: string | null;
  /** Microseconds since the epoch, strictly growing along first parents. */
  readonly createdAt: number;
  readonly kind: CommitKind;
  readonly message: string | null;
}

export interface MutationAnswer {
  readonly queryName: string;
  readonly branch: string;
  readonly affectedNodes: number;
  readonly affectedEdges: number;
  readonly actor: string | null;
  /** Null when no row was touched. */
  readonly commit: CommitSummary | null;
  /** As of a read. */
  readonly warnings: readonly string[];
}

/** How a load treats what is there: append (strict insert), merge (upsert), overwrite (replaces each type that occurs). */
export type LoadMode = "append" | "merge" | "overwrite";

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

export interface LoadedType {
  readonly name: string;
  readonly entities: number;
}

export interface LoadAnswer {
  readonly branch: string;
  /** The load made the branch. */
  readonly branchCreated: boolean;
  readonly mode: LoadMode;
  readonly nodes: readonly LoadedType[];
  readonly edges: readonly LoadedType[];
  /** DateTime values of the input, items of lists too, that named a part of a millisecond, which was cut. */
  readonly timesCut: number;
  readonly commit: CommitSummary;
}

export interface ExportOptions extends CallOptions {
  readonly branch?: string;
  /** As for reads. */
  readonly at?: PointInTime;
  /** Only these types, by name. Default: all. */
  readonly types?: readonly string[];
}

export interface DatasetSummary {
  readonly kind: "node" | "edge";
  readonly typeName: string;
  /** Folder of the type's base table, empty while it has none. */
  readonly path: string;
  /** Lance version of the base table, 0 while it has none. */
  readonly version: number;
  readonly count: number;
}

export interface SnapshotAnswer {
  readonly branch: string;
  readonly commit: CommitSummary;
  readonly datasets: readonly DatasetSummary[];
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

export interface CommitPage {
  readonly commits: readonly CommitSummary[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

/** A query that was compiled once. */
export interface PreparedQuery {
  readonly name: string;
  readonly columns: readonly string[];
  run(parameters?: Parameters | null, options?: RunOptions): Promise<QueryAnswer>;
}
