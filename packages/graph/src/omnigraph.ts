import { LIMITS, OmnigraphError, systemEnvironment, ulidFactory, writeJson } from "@omnigraph/base";
import {
  evaluateLoad,
  evaluateMutation,
  exportRows,
  type LoadDelta,
  MemoryBudget,
  readLoad,
} from "@omnigraph/engine";
import {
  bindParameters,
  type Catalog,
  compileSchema,
  decodeSchema,
  encodeSchema,
  ulidMint,
  undeclaredParameters,
} from "@omnigraph/language";
import { type CommitRecord, GraphLog, takesOneSync } from "@omnigraph/log";
import { type ObjectStore, openStore } from "@omnigraph/storage";
import type {
  CallOptions,
  ExportOptions,
  InitOptions,
  LoadAnswer,
  LoadInput,
  LoadOptions,
  MutateOptions,
  MutationAnswer,
  OpenOptions,
  Parameters,
  PointInTime,
  PreparedQuery,
  QueryAnswer,
  ReadOptions,
  SnapshotAnswer,
} from "./api.ts";
import { Branches } from "./branches.ts";
import { CallLimits, limited } from "./call-limits.ts";
import { Catalogs } from "./catalogs.ts";
import { Commits } from "./commits.ts";
import { summaryOf } from "./history/summary.ts";
import type { Ground } from "./ground.ts";
import { handoff } from "./handoff.ts";
import type { EntityKind, HistoryEntry, HistoryOptions } from "./history/api.ts";
import { entityHistory } from "./history/entity-history.ts";
import { commitAt } from "./history/time-travel.ts";
import { ChangeFeed } from "./history/feed.ts";
import { layersBeside } from "./layers.ts";
import { Lifetime } from "./lifetime.ts";
import { contentHash, hashed, piecesOf, until } from "./loads.ts";
import { CompiledQueries } from "./queries.ts";
import { NamedBranches } from "./named-branches.ts";
import type { Branch } from "./open-branches.ts";
import { Reads } from "./reads.ts";
import { snapshotAnswer } from "./snapshot-answer.ts";
import { digestOf } from "./digest.ts";

/** A graph that is open in this process. Any number of handles, here and in other processes, may be open on one graph. */
export class Omnigraph {
  readonly commits: Commits;
  readonly changes: ChangeFeed;
  readonly branches: NamedBranches;
  /** The schema of a branch's head. */
  readonly schema = {
    /** The source, byte for byte as it was given. */
    show: async (options: { readonly branch?: string } = {}): Promise<string> =>
      (await this.#catalog(options)).source,
    /** What it declares: at the head of a branch, or at a commit or a time. */
    catalog: (options: { readonly branch?: string; readonly at?: PointInTime } = {}): Promise<Catalog> =>
      this.#catalog(options),
  } as const;
  readonly #ground: Ground;
  readonly #branches: Branches;
  readonly #queries = new CompiledQueries();
  readonly #reads: Reads;

  private constructor(ground: Ground) {
    this.#ground = ground;
    this.#branches = new Branches(ground);
    this.commits = new Commits(ground, this.#branches);
    this.branches = new NamedBranches(ground, this.#branches);
    this.changes = new ChangeFeed(ground, this.#branches);
    this.#reads = new Reads(ground, this.#branches, this.#queries);
  }

  /**
   * Makes a graph at an address where there is none, and opens it.
   * Errors: `schema_invalid`, `graph_exists`, `folder_not_empty`, `store_uri_invalid`, failures of the store. Nothing is written then.
   */
  static async init(uri: string, options: InitOptions): Promise<Omnigraph> {
    const environment = systemEnvironment;
    const catalog = compileSchema(
      { file: options.schemaFile ?? "schema.pg", text: options.schema },
      ulidMint(environment),
    );
    const store = await openStore(uri, environment, { writable: true, oneSync: takesOneSync });
    return opened(store, async () => {
      const log = await GraphLog.init(store, environment, {
        schema: encodeSchema(catalog),
        actor: options.actor ?? null,
        message: null,
        isSameSchema: (found) => decodeSchema(found).source === options.schema,
      });
      return new Omnigraph(groundOf(uri, store, log, options));
    });
  }

  /** Opens the graph at an address. Errors: `graph_not_found`, `format_newer`, `store_uri_invalid`, failures of the store. */
  static async open(uri: string, options: OpenOptions = {}): Promise<Omnigraph> {
    const readOnly = options.readOnly === true;
    const store = await openStore(uri, systemEnvironment, {
      writable: !readOnly,
      oneSync: takesOneSync,
    });
    return opened(
      store,
      async () =>
        new Omnigraph(
          groundOf(uri, store, await GraphLog.open(store, systemEnvironment, { readOnly }), options),
        ),
    );
  }

  /** Runs a read on the head of a branch, or on a commit. Errors: those of the query's text, `parameter_invalid`, `branch_not_found`, limits. */
  async query(source: string, parameters: Parameters = {}, options: ReadOptions = {}): Promise<QueryAnswer> {
    this.#ground.lifetime.check();
    return this.#reads.query(
      { text: source, file: options.file ?? "<query>", name: options.name },
      parameters,
      options,
    );
  }

  /** Compiles a read that will run many times. Errors: those of the query's text. */
  async prepare(
    source: string,
    options: { readonly name?: string; readonly branch?: string } = {},
  ): Promise<PreparedQuery> {
    this.#ground.lifetime.check();
    return this.#reads.prepare(
      { text: source, file: "<query>", name: options.name },
      options.branch ?? "main",
    );
  }

  /**
   * Runs a mutation: one commit, all or nothing; no commit when it touches no row.
   * Errors: those of the text and of the constraints, `read_set_conflict`, `precondition_failed`, `outcome_unknown`, failures of the store.
   */
  async mutate(
    source: string,
    parameters: Parameters = {},
    options: MutateOptions = {},
  ): Promise<MutationAnswer> {
    this.#ground.lifetime.check();
    return limited(options, (signal) => {
      const asked = { ...options, ...given(signal) };
      return this.#branches.use(options.branch, (branch) => this.#mutate(branch, source, parameters, asked));
    });
  }

  async #mutate(
    { views, writes }: Branch,
    source: string,
    parameters: Parameters,
    options: MutateOptions,
  ): Promise<MutationAnswer> {
    const { environment, inlineRows, catalogs } = this.#ground;
    const head = views.branch.known ?? (await views.branch.head(options.signal));
    const text = { text: source, file: options.file ?? "<query>", name: options.name };
    const { name, parameters: declared } = this.#queries.mutation(
      text,
      await catalogs.read(head.header.schema),
    );
    const request = {
      kind: "mutation",
      options,
      content: () => digestOf(source, options.name ?? "", writeJson(parameters)),
    } as const;
    const { delta, commit } = await writes.submit(request, async (view) => {
      const query = this.#queries.mutation(text, view.catalog);
      const bound = bindParameters(query.parameters, parameters);
      return evaluateMutation(query, view, bound, environment, limitsOf(inlineRows, options.signal));
    });
    return {
      queryName: name,
      branch: options.branch ?? "main",
      affectedNodes: delta?.affectedNodes ?? 0,
      affectedEdges: delta?.affectedEdges ?? 0,
      actor: commit?.header.actor ?? options.actor ?? this.#ground.actor,
      commit: commit === null ? null : summaryOf(commit),
      warnings: undeclaredParameters(declared, parameters),
    };
  }

  /**
   * Loads NDJSON: one commit, all or nothing, however large.
   * With `from`, a missing branch is made with it; nobody sees the branch before it holds the load.
   * Errors: `load_invalid` listing the lines, `key_conflict`, `branch_exists`, and those of `mutate`.
   */
  async load(input: LoadInput, options: LoadOptions): Promise<LoadAnswer> {
    this.#ground.lifetime.check();
    return limited(options, (signal) => this.#load(input, { ...options, ...given(signal) }));
  }

  async #load(input: LoadInput, options: LoadOptions): Promise<LoadAnswer> {
    const { environment, inlineRows } = this.#ground;
    const { branch: name = "main" } = options;
    const { writes, sight, publish } = await this.#branches.target(name, options);
    const { view } = sight;
    const hash = contentHash();
    const source = piecesOf(input);
    const stoppable = options.signal === undefined ? source : until(source, options.signal);
    const pieces = options.op === undefined ? stoppable : hashed(stoppable, hash);
    const file = await readLoad(pieces, view.catalog, environment, {
      ...limitsOf(undefined, options.signal),
      onProgress: (bytes, rows) => options.onProgress?.({ bytes, rows, phase: "read" }),
    });
    const rows = file.types.reduce((sum, type) => sum + type.rows.length, 0);
    const request = {
      kind: "load",
      options,
      content: () => digestOf(options.mode, hash.copy().digest("hex")),
    } as const;
    const { commit } = await writes.submitLarge(request, async (at): Promise<LoadDelta> => {
      options.onProgress?.({ bytes: file.bytes, rows, phase: "check" });
      const delta = await evaluateLoad(file, options.mode, at, limitsOf(inlineRows, options.signal));
      options.onProgress?.({ bytes: file.bytes, rows, phase: "write" });
      return delta;
    });
    if (commit === null) throw new OmnigraphError("internal", "invariant broken: a load without a commit");
    await publish?.();
    const loaded = (kind: "node" | "edge"): LoadAnswer["nodes"] =>
      file.types
        .filter(({ plan }) => plan.type.kind === kind)
        .map(({ plan, rows: { length } }) => ({ name: plan.type.name, entities: length }));
    return {
      branch: name,
      branchCreated: publish !== null,
      mode: options.mode,
      nodes: loaded("node"),
      edges: loaded("edge"),
      timesCut: file.timesCut,
      commit: summaryOf(commit),
    };
  }

  /** The graph as NDJSON, in pieces; loading them into an empty graph of the same schema gives an equal graph. */
  async *export(options: ExportOptions = {}): AsyncGenerator<Uint8Array> {
    this.#ground.lifetime.check();
    using limits = new CallLimits(options);
    const signal = given(limits.signal);
    const { view } = await limits.run(() => this.#branches.sight({ ...options, ...signal }));
    const chosen = { ...(options.types === undefined ? {} : { types: options.types }), ...signal };
    const write = (push: (piece: Uint8Array) => Promise<void>): Promise<void> =>
      exportRows(view, chosen, push);
    yield* handoff<Uint8Array>((push) => limits.run(() => write(push)));
  }

  /**
   * The commits of a branch that touched one entity, the newest first, with its images. Empty where none did. Errors: `branch_not_found`,
   * `usage` for a type that the schema lacks.
   */
  async history(
    kind: EntityKind,
    type: string,
    id: string,
    options: HistoryOptions = {},
  ): Promise<readonly HistoryEntry[]> {
    this.#ground.lifetime.check();
    const { branch = "main", limit = Infinity } = options;
    const asked = { kind, type, id };
    return limited(options, (signal) =>
      entityHistory(this.#ground, this.#branches, asked, { branch, limit }, signal),
    );
  }

  /** Counts of every type at the head of a branch, from its newest commit alone. */
  async snapshot(options: CallOptions & { readonly branch?: string } = {}): Promise<SnapshotAnswer> {
    this.#ground.lifetime.check();
    return limited(options, (signal) =>
      snapshotAnswer(this.#ground, { branch: options.branch ?? "main", ...given(signal) }),
    );
  }

  /** Waits for writes under way and lets go of everything; nothing keeps the process alive afterwards. */
  async close(): Promise<void> {
    if (!this.#ground.lifetime.end()) return;
    await this.#ground.log.close();
    this.#ground.budget.dropAll();
    await this.#ground.store.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #catalog({
    branch = "main",
    at,
  }: {
    readonly branch?: string;
    readonly at?: PointInTime;
  }): Promise<Catalog> {
    this.#ground.lifetime.check();
    const { log, catalogs } = this.#ground;
    const head = (): Promise<CommitRecord> => log.head(branch);
    const commit = at === undefined ? await head() : await commitAt(at, head, log);
    return catalogs.read(commit.header.schema);
  }
}

/** Closes the store when what is built on it fails. */
async function opened(store: ObjectStore, build: () => Promise<Omnigraph>): Promise<Omnigraph> {
  try {
    return await build();
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

function groundOf(uri: string, store: ObjectStore, log: GraphLog, options: OpenOptions): Ground {
  const environment = systemEnvironment;
  return {
    uri,
    lifetime: new Lifetime(uri),
    environment,
    store,
    log,
    layers: layersBeside(store),
    catalogs: new Catalogs(log),
    budget: new MemoryBudget(options.memory ?? memoryFromEnvironment() ?? LIMITS.memoryBytes.value),
    durability: options.durability ?? "durable",
    actor: options.actor ?? null,
    inlineRows: options.inlineRows,
    mint: ulidFactory(environment),
  };
}

/** OMNIGRAPH_MEMORY in bytes, or undefined. Errors: `usage` when it is no number. */
function memoryFromEnvironment(): number | undefined {
  const text = process.env["OMNIGRAPH_MEMORY"];
  if (text === undefined || text === "") return undefined;
  const bytes = Number(text);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new OmnigraphError("usage", `OMNIGRAPH_MEMORY takes a number of bytes, not ${JSON.stringify(text)}`);
}

function limitsOf(
  inlineRows: number | undefined,
  signal: AbortSignal | undefined,
): { inlineRows?: number; signal?: AbortSignal } {
  return { ...(inlineRows === undefined ? {} : { inlineRows }), ...given(signal) };
}

function given(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
