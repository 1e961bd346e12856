import type {
  EntityKind,
  ExplainAnswer,
  HistoryEntry,
  LoadAnswer,
  MutationAnswer,
  QueryAnswer,
  SnapshotAnswer,
} from "@omnigraph/wire";
import type {
  ExplainOptions,
  ExportOptions,
  LoadInput,
  LoadOptions,
  MutateOptions,
  Parameters,
  PreparedQuery,
  PrepareOptions,
  ReadOptions,
  SnapshotOptions,
} from "./api/graph.ts";
import type { HistoryOptions } from "./api/history.ts";
import type {
  AsOptions,
  CloseOptions,
  GraphParts,
  InitOptions,
  InitWithOptions,
  OpenOptions,
  OpenWithOptions,
} from "./api/opening.ts";
import { checkArgument, optionsOf } from "./calls/check.ts";
import { TEXT } from "./calls/kinds.ts";
import { ClosedGraph } from "./closed-graph.ts";
import { Commits } from "./commits.ts";
import { Blobs } from "./blobs/blobs.ts";
import { ChangeFeed } from "./feed/feed.ts";
import { GraphSchema } from "./schema/graph-schema.ts";
import { Maintenance } from "./maintenance/maintenance.ts";
import { Tables } from "./exchange/tables.ts";
import { NamedBranches } from "./named-branches.ts";
import type { GraphContext } from "./open/context.ts";
import { type SharedParts, sharedParts } from "./shared-parts.ts";
import { closeGraph, initAt, initWith, openAt, openWith } from "./open/open-graph.ts";
import { Recovery } from "./recovery/recovery.ts";
import { Reads } from "./read/reads.ts";
import { Writes } from "./write/writes.ts";

/**
 * A graph that is open in this process. Any number of handles, here and in other processes, may be open on one graph.
 *
 * The examples of its calls continue this one.
 *
 * @throws `usage` by any call, for a wrong argument or option, before any effect
 * @throws `closed` by any call, once the handle is closed
 * @throws `aborted`, `deadline_exceeded` by any call that takes `signal` and `deadlineMs`
 * @throws `graph_replaced` by any call, if the address now leads to another graph
 * @throws `log_corrupt`, `log_torn`, `object_corrupt`, `table_version_missing` by any call that finds damage; the message names the object
 * @throws `store_denied`, `store_full`, `store_transient`, `store_unsupported` by any call that the store refuses
 * @example
 * ```ts
 * import { Omnigraph } from "omnigraph";
 *
 * const graph = await Omnigraph.init("people.omni", {
 *   schema: [
 *     `node Person { name: String @key  role: enum(engineer, designer)?  age: I32? }`,
 *     `edge Knows: Person -> Person { since: Date? }`,
 *   ].join("\n"),
 * });
 * const { commit: loaded } = await graph.load(
 *   [
 *     { type: "Person", data: { name: "Ann", role: "engineer", age: 41 } },
 *     { type: "Person", data: { name: "Bob" } },
 *     { edge: "Knows", from: "Ann", to: "Bob", data: { since: "2020-05-01" } },
 *   ],
 *   { mode: "merge", actor: "importer" },
 * );
 * console.log(loaded.depth); // 2
 * ```
 */
export class Omnigraph extends ClosedGraph {
  /** The history of commits, and reverts. */
  readonly commits: Commits;
  /** What the commits of a branch changed. */
  readonly changes: ChangeFeed;
  /** Branches and merges. */
  readonly branches: NamedBranches;
  /** The schema of a branch. */
  readonly schema: GraphSchema;
  /** What keeps a graph fast and in order. */
  readonly maintenance: Maintenance;
  /** The content of Blobs. */
  readonly blobs: Blobs;
  /** Tables of other programs. */
  readonly tables: Tables;
  /** Writes that were interrupted. */
  readonly recovery: Recovery;
  readonly #context: GraphContext;
  readonly #shared: SharedParts;
  readonly #reads: Reads;
  readonly #writes: Writes;

  private constructor(context: GraphContext, shared: SharedParts = sharedParts(context)) {
    super();
    const { queries, folds, branches } = shared;
    this.#context = context;
    this.#shared = shared;
    this.#reads = new Reads(context, branches, queries);
    this.#writes = new Writes(context, branches, queries);
    this.schema = new GraphSchema(context, branches);
    this.commits = new Commits(context, branches);
    this.branches = new NamedBranches(context, branches);
    this.changes = new ChangeFeed(context, branches);
    this.maintenance = new Maintenance(context, branches, folds);
    this.blobs = new Blobs(context, branches, queries);
    this.tables = new Tables(context, branches);
    this.recovery = new Recovery(context);
  }

  /**
   * Makes a new graph at an address and opens it. The address is a path, `file://…`, `s3://bucket/prefix`, or `memory://name`; a graph in memory
   * exists as long as the process.
   *
   * @throws `schema_invalid` with every problem of the schema
   * @throws `graph_exists`, `folder_not_empty`, `store_uri_invalid`
   * @example
   * ```ts
   * await using scratch = await Omnigraph.init("memory://scratch", { schema: "node Note { text: String }" });
   * console.log((await scratch.commits.list()).length); // 1
   * ```
   */
  static async init(uri: string, options: InitOptions): Promise<Omnigraph> {
    return new Omnigraph(await initAt(uri, options));
  }

  /**
   * Opens the graph at an address. Addresses are as for `init`.
   *
   * @throws `graph_not_found`
   * @throws `format_newer` for a graph that needs a later version of this software
   * @throws `store_uri_invalid`
   * @example
   * ```ts
   * await using reader = await Omnigraph.open("people.omni", { readOnly: true });
   * console.log((await reader.snapshot()).commit.id === loaded.id); // true
   * ```
   */
  static async open(uri: string, options?: OpenOptions): Promise<Omnigraph> {
    return new Omnigraph(await openAt(uri, options));
  }

  /**
   * Like `init`, but with given parts instead of an address: a store of your own, for example, or a clock that a test controls. Closing the graph closes the
   * objects; if the graph cannot be made, they stay open.
   *
   * @throws `schema_invalid`, `graph_exists`, `folder_not_empty` as `init`
   * @example
   * ```ts
   * import { MemoryObjects, ObjectLayers } from "omnigraph";
   *
   * const objects = new MemoryObjects("notes");
   * const parts = { objects, tables: new ObjectLayers(objects) };
   * await using notes = await Omnigraph.initWith(parts, { schema: "node Note { text: String }" });
   * console.log((await objects.list("__manifest/")).length); // 3
   * ```
   */
  static async initWith(parts: GraphParts, options: InitWithOptions): Promise<Omnigraph> {
    return new Omnigraph(await initWith(parts, options));
  }

  /**
   * Like `open`, but with given parts: see `initWith`.
   *
   * @throws `graph_not_found`, `format_newer` as `open`
   * @example
   * ```ts
   * import { MemoryObjects, ObjectLayers } from "omnigraph";
   *
   * const objects = new MemoryObjects("letters");
   * const parts = { objects, tables: new ObjectLayers(objects) };
   * await (await Omnigraph.initWith(parts, { schema: "node Letter { text: String }" })).close();
   * await using letters = await Omnigraph.openWith(parts, { readOnly: true });
   * console.log((await letters.commits.list()).length); // 1
   * ```
   */
  static async openWith(parts: GraphParts, options?: OpenWithOptions): Promise<Omnigraph> {
    return new Omnigraph(await openWith(parts, options));
  }

  /**
   * Runs a read query on the head of a branch, or on a commit.
   *
   * @throws `query_invalid` with every problem of the text
   * @throws `query_not_found`, `query_name_required`, `query_kind_mismatch`
   * @throws `parameter_invalid`, `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
   * @throws `number_overflow` for a sum beyond 64 bits
   * @throws `memory_exceeded` if intermediate rows need more memory than allowed
   * @throws `store_full`, `store_denied`, `store_transient` if rows that are too many for memory cannot be kept in the folder for temporary files (`TMPDIR`)
   * @example
   * ```ts
   * const { rows } = await graph.query(
   *   "query friends($of: String) { match { $a: Person { name: $of }  $a knows $b } return { $b.name as name } }",
   *   { of: "Ann" },
   * );
   * console.log(rows); // [ { name: 'Bob' } ]
   * ```
   */
  async query(source: string, parameters?: Parameters | null, options?: ReadOptions): Promise<QueryAnswer> {
    return this.#reads.query(source, parameters, options);
  }

  /**
   * How a read or a mutation is run on the head of a branch, or on a commit: its steps with the rows that are expected of each, and where each input comes from.
   * With `analyze` it is run, and each step has its rows and its time too. A mutation is then evaluated as `mutate` does, and never written.
   *
   * @throws `query_invalid` with every problem of the text
   * @throws `query_not_found`, `query_name_required`
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
   * @throws `parameter_invalid`, `number_overflow`, `memory_exceeded`, `store_full`, `store_denied`, `store_transient` with `analyze`, as `query`
   * @throws `value_invalid`, `key_conflict`, `key_immutable`, `unique_violation`, `endpoint_missing`, `cardinality_violation` with `analyze`, as `mutate`
   * @example
   * ```ts
   * const { steps, totals } = await graph.explain("match { $p: Person } return { $p.name }", null, { analyze: true });
   * const rows = steps.map(({ operator, estimate, actual }) => [operator, estimate?.rows, actual?.rows]);
   * console.log(rows); // [ [ 'scan', 2, 2 ], [ 'collect', 2, 2 ] ]
   * console.log(totals?.rows); // 2
   * ```
   */
  async explain(
    source: string,
    parameters?: Parameters | null,
    options?: ExplainOptions,
  ): Promise<ExplainAnswer> {
    return this.#reads.explain(source, parameters, options);
  }

  /**
   * Compiles a read query that will run many times.
   *
   * @throws `query_invalid` with every problem of the text
   * @throws `query_not_found`, `query_name_required`, `query_kind_mismatch`, `branch_not_found`
   * @example
   * ```ts
   * const ageOf = await graph.prepare("query q($name: String) { match { $p: Person { name: $name } } return { $p.age as age } }");
   * console.log((await ageOf.run({ name: "Ann" })).rows); // [ { age: 41 } ]
   * ```
   */
  async prepare(source: string, options?: PrepareOptions): Promise<PreparedQuery> {
    return this.#reads.prepare(source, options);
  }

  /**
   * Runs a mutation: one commit, all or nothing; no commit if it touches no row.
   *
   * @throws `query_invalid` with every problem of the text
   * @throws `query_not_found`, `query_name_required`, `query_kind_mismatch`, `parameter_invalid`
   * @throws `value_invalid`, `key_conflict`, `key_immutable`, `unique_violation`, `endpoint_missing`, `cardinality_violation` for a row that the schema does not allow
   * @throws `branch_not_found`
   * @throws `precondition_failed` if `ifCommit` is not the newest commit
   * @throws `read_set_conflict` if another commit changed what this one had read
   * @throws `read_only`, `op_reused`, `too_contended`, `outcome_unknown`, `write_discarded` as every write
   * @throws `memory_exceeded` if intermediate rows need more memory than allowed
   * @example
   * ```ts
   * const { commit, affectedNodes } = await graph.mutate(
   *   "query older($name: String, $age: I32) { update Person set { age: $age } where name = $name }",
   *   { name: "Ann", age: 42 },
   *   { actor: "ann", message: "Birthday", op: "ann-42" },
   * );
   * console.log(affectedNodes, commit?.message); // 1 Birthday
   * ```
   */
  async mutate(
    source: string,
    parameters?: Parameters | null,
    options?: MutateOptions,
  ): Promise<MutationAnswer> {
    return this.#writes.mutate(source, parameters, options);
  }

  /**
   * Loads NDJSON of any size: one commit, all or nothing.
   * With `from`, a missing branch is made together with the load's commit; nobody sees the branch before the load is in it. If several such calls run at once,
   * one makes the branch, and the others load into it.
   *
   * @throws `load_invalid` with the lines that cannot be loaded, and why
   * @throws `key_conflict` if `append` finds an entity that exists already
   * @throws `branch_not_found`, `commit_not_found`, `commit_ambiguous` for `branch` and `from`
   * @throws `branch_exists` if the branch exists and was not made from `from`
   * @throws `caller_failed` if the input or `onProgress` throws; its cause is what they threw
   * @throws `read_set_conflict` if another commit changed what this one had read
   * @throws `read_only`, `op_reused`, `too_contended`, `outcome_unknown`, `write_discarded` as every write
   * @example
   * ```ts
   * const { branchCreated, nodes } = await graph.load('{"type":"Person","data":{"name":"Cyd"}}', {
   *   mode: "append",
   *   branch: "import",
   *   from: "main",
   * });
   * console.log(branchCreated, nodes); // true [ { name: 'Person', entities: 1 } ]
   * ```
   */
  async load(input: LoadInput, options: LoadOptions): Promise<LoadAnswer> {
    return this.#writes.load(input, options);
  }

  /**
   * The graph as NDJSON, in pieces. Loading them into an empty graph with the same schema gives an equal graph. Once the graph is closed, the next piece
   * fails with `closed`.
   *
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `at`
   * @throws `type_not_found` for `types`
   * @example
   * ```ts
   * let text = "";
   * for await (const piece of graph.export({ types: ["Knows"] })) text += Buffer.from(piece).toString();
   * console.log(JSON.parse(text).data.since); // 18383
   * ```
   */
  export(options?: ExportOptions): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#reads.export(options);
  }

  /**
   * The commits of a branch that touched one entity, the newest first, with the entity before and after each. Empty if there are none.
   *
   * @throws `branch_not_found`
   * @throws `usage` for a type that is not in the schema
   * @example
   * ```ts
   * const [entry] = await graph.history("node", "Person", "Ann");
   * console.log(entry?.cause.actor, entry?.change.op); // importer insert
   * ```
   */
  async history(
    kind: EntityKind,
    type: string,
    id: string,
    options?: HistoryOptions,
  ): Promise<readonly HistoryEntry[]> {
    return this.#reads.history({ kind, type, id }, options);
  }

  /**
   * Counts of every type at the head of a branch, from its newest commit alone.
   *
   * @throws `branch_not_found`
   * @example
   * ```ts
   * const { datasets } = await graph.snapshot();
   * console.log(datasets.map(({ typeName, count }) => [typeName, count])); // [ [ 'Knows', 1 ], [ 'Person', 2 ] ]
   * ```
   */
  async snapshot(options?: SnapshotOptions): Promise<SnapshotAnswer> {
    return this.#reads.snapshot(options);
  }

  /**
   * This open graph, used by an actor: for what it reads and the author of what it writes. It costs little: open a graph once, and have one of these for each call. Closing one closes them all.
   *
   * @example
   * ```ts
   * const bob = graph.as("bob", { authorize: ({ action }) => action === "read" });
   * console.log((await bob.snapshot()).branch); // main
   * const refused = await bob.branches.create("bobs").catch((error) => error.message);
   * console.log(refused); // branches.create: bob is not permitted to branch_create on branch bobs
   * ```
   */
  as(actor: string, options?: AsOptions): Omnigraph {
    checkArgument("as", "actor", actor, TEXT);
    const { authorize } = optionsOf("as", options);
    const calls = this.#context.calls.as(actor, authorize);
    return new Omnigraph({ ...this.#context, calls, actor }, this.#shared);
  }

  /**
   * Closes the handle and frees everything; nothing keeps the process alive afterwards. Running calls finish first, with their normal results; with `abort`
   * they are stopped, and fail with `aborted` unless their effect has begun. Later calls fail with `closed`. When the promise has resolved, no more commits of
   * this handle follow. Closing again waits for the same end. If the input of a load waits for `close`, both wait for ever, unless `abort` stops the load.
   *
   * @example
   * ```ts
   * await graph.close();
   * ```
   */
  async close(options?: CloseOptions): Promise<void> {
    const { abort = false } = optionsOf("close", options);
    const end = (): Promise<void> => closeGraph(this.#context);
    return this.#context.calls.close(abort, () => this.#shared.folds.close().then(end));
  }

  /** Closes the handle at the end of the block that declares it with `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
