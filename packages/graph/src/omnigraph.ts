import { LIMITS, OmnigraphError, quoted, systemEnvironment, ulidFactory, writeJson } from "@omnigraph/base";
import { evaluateMutation, exportRows, MemoryBudget } from "@omnigraph/engine";
import {
  bindParameters,
  type Catalog,
  compileSchema,
  decodeSchema,
  encodeSchema,
  ulidMint,
} from "@omnigraph/language";
import { type CommitRecord, GraphLog, takesOneSync } from "@omnigraph/log";
import { type Backend, openBackend } from "@omnigraph/storage";
import type {
  EntityKind,
  HistoryEntry,
  LoadAnswer,
  MutationAnswer,
  QueryAnswer,
  SnapshotAnswer,
} from "@omnigraph/wire";
import type {
  CatalogOptions,
  CloseOptions,
  ExportOptions,
  InitOptions,
  LoadInput,
  LoadOptions,
  MutateOptions,
  OpenOptions,
  Parameters,
  PreparedQuery,
  PrepareOptions,
  ReadOptions,
  SchemaOptions,
  SnapshotOptions,
} from "./api/graph.ts";
import { Branches } from "./branches/branches.ts";
import { failureOf } from "./calls/call-limits.ts";
import { Calls } from "./calls/calls.ts";
import { checkArgument, optionsOf, parametersOf } from "./calls/check.ts";
import { asJson, NotJson } from "./calls/json-value.ts";
import { ENTITY_KIND, LOAD_INPUT, TEXT } from "./calls/kinds.ts";
import { Catalogs } from "./open/catalogs.ts";
import { Commits } from "./commits.ts";
import { summaryOf } from "./history/summary.ts";
import type { GraphContext } from "./open/context.ts";
import { handoff } from "./calls/handoff.ts";
import type { HistoryOptions } from "./api/history.ts";
import { entityHistory } from "./read/entity-history.ts";
import { commitAt } from "./history/time-travel.ts";
import { ChangeFeed } from "./feed/feed.ts";
import { load } from "./write/load.ts";
import { callWarnings, CompiledQueries } from "./open/compiled-queries.ts";
import { NamedBranches } from "./named-branches.ts";
import type { Branch } from "./branches/open-branches.ts";
import { Reads } from "./read/reads.ts";
import { snapshotAnswer } from "./read/snapshot-answer.ts";
import { digestOf } from "./calls/digest.ts";

/** A graph that is open in this process. Any number of handles, here and in other processes, may be open on one graph. */
export class Omnigraph {
  readonly commits: Commits;
  readonly changes: ChangeFeed;
  readonly branches: NamedBranches;
  /** The schema of a branch's head. */
  readonly schema = {
    /** The source, byte for byte as it was given. Errors: `branch_not_found`. */
    show: async (options?: SchemaOptions): Promise<string> =>
      (await this.#catalog(optionsOf("schema.show", options))).source,
    /** What it declares: at the head of a branch, or at a commit or a time. Errors: `branch_not_found`, `commit_not_found`. */
    catalog: async (options?: CatalogOptions): Promise<Catalog> =>
      this.#catalog(optionsOf("schema.catalog", options)),
  } as const;
  readonly #context: GraphContext;
  readonly #branches: Branches;
  readonly #queries = new CompiledQueries();
  readonly #reads: Reads;

  private constructor(context: GraphContext) {
    this.#context = context;
    this.#branches = new Branches(context);
    this.commits = new Commits(context, this.#branches);
    this.branches = new NamedBranches(context, this.#branches);
    this.changes = new ChangeFeed(context, this.#branches);
    this.#reads = new Reads(context, this.#branches, this.#queries);
  }

  /**
   * Makes a graph at an address where there is none, and opens it.
   * Errors: `schema_invalid`, `graph_exists`, `folder_not_empty`, `store_uri_invalid`, `usage`, failures of the store. Nothing is written then.
   */
  static async init(uri: string, options: InitOptions): Promise<Omnigraph> {
    checkArgument("init", "uri", uri, TEXT);
    return this.#init(uri, optionsOf("init", options)).catch(thrownOn);
  }

  static async #init(uri: string, options: InitOptions): Promise<Omnigraph> {
    const environment = systemEnvironment;
    const catalog = compileSchema(
      { file: options.schemaFile ?? "schema.pg", text: options.schema },
      ulidMint(environment),
    );
    const backend = await openBackend(uri, environment, { writable: true, oneSync: takesOneSync });
    return opened(backend, async () => {
      const log = await GraphLog.init(backend.objects, environment, {
        schema: encodeSchema(catalog),
        actor: options.actor ?? null,
        message: null,
        isSameSchema: (found) => decodeSchema(found).source === options.schema,
      });
      return new Omnigraph(contextOf(uri, backend, log, options));
    });
  }

  /** Opens the graph at an address. Errors: `graph_not_found`, `format_newer`, `store_uri_invalid`, `usage`, failures of the store. */
  static async open(uri: string, options?: OpenOptions): Promise<Omnigraph> {
    checkArgument("open", "uri", uri, TEXT);
    return this.#open(uri, optionsOf("open", options)).catch(thrownOn);
  }

  static async #open(uri: string, options: OpenOptions): Promise<Omnigraph> {
    const readOnly = options.readOnly === true;
    const backend = await openBackend(uri, systemEnvironment, {
      writable: !readOnly,
      oneSync: takesOneSync,
    });
    return opened(backend, async () => {
      const log = await GraphLog.open(backend.objects, systemEnvironment, { readOnly });
      return new Omnigraph(contextOf(uri, backend, log, options));
    });
  }

  /** Runs a read on the head of a branch, or on a commit. Errors: those of the query's text, `parameter_invalid`, `branch_not_found`, `usage`, limits. */
  async query(source: string, parameters?: Parameters | null, options?: ReadOptions): Promise<QueryAnswer> {
    checkArgument("query", "source", source, TEXT);
    const asked = optionsOf("query", options);
    const text = { text: source, file: asked.file ?? "<query>", name: asked.name };
    return this.#reads.query(text, parameters, asked);
  }

  /** Compiles a read that will run many times. Errors: those of the query's text, `branch_not_found`, `usage`. */
  async prepare(source: string, options?: PrepareOptions): Promise<PreparedQuery> {
    checkArgument("prepare", "source", source, TEXT);
    const { name, branch = "main" } = optionsOf("prepare", options);
    const text = { text: source, file: "<query>", name };
    return this.#context.calls.run({}, (signal) => this.#reads.prepare(text, branch, signal));
  }

  /**
   * Runs a mutation: one commit, all or nothing; no commit when it touches no row.
   * Errors: those of the text and of the constraints, `read_set_conflict`, `precondition_failed`, `outcome_unknown`, `usage`, failures of the store.
   */
  async mutate(
    source: string,
    parameters?: Parameters | null,
    options?: MutateOptions,
  ): Promise<MutationAnswer> {
    checkArgument("mutate", "source", source, TEXT);
    const bound = parametersOf("mutate", parameters);
    const asked = optionsOf("mutate", options);
    return this.#context.calls.run(asked, (signal) =>
      this.#branches.use(asked.branch, (branch) => this.#mutate(branch, source, bound, { ...asked, signal })),
    );
  }

  async #mutate(
    { views, writes }: Branch,
    source: string,
    parameters: Parameters,
    options: MutateOptions,
  ): Promise<MutationAnswer> {
    const { environment, inlineRows, catalogs } = this.#context;
    const head = views.branch.known ?? (await views.branch.head(options.signal));
    const text = { text: source, file: options.file ?? "<query>", name: options.name };
    const { query: known, warnings } = this.#queries.mutation(text, await catalogs.read(head.header.schema));
    const request = {
      kind: "mutation",
      options,
      content: () => digestOf(source, options.name ?? "", jsonOf(parameters)),
    } as const;
    const { delta, commit } = await writes.submit(request, async (view) => {
      const { query } = this.#queries.mutation(text, view.catalog);
      const bound = bindParameters(query.parameters, parameters);
      return evaluateMutation(query, view, bound, environment, limitsOf(inlineRows, options.signal));
    });
    return {
      queryName: known.name,
      branch: options.branch ?? "main",
      affectedNodes: delta?.affectedNodes ?? 0,
      affectedEdges: delta?.affectedEdges ?? 0,
      actor: commit?.header.actor ?? options.actor ?? this.#context.actor,
      commit: commit === null ? null : summaryOf(commit),
      warnings: callWarnings(warnings, known.parameters, parameters),
    };
  }

  /**
   * Loads NDJSON: one commit, all or nothing, however large.
   * With `from`, a missing branch is made with it; nobody sees the branch before it holds the load. Of several such calls at once one makes the branch, and
   * the others load into it.
   * Errors: `load_invalid` listing the lines, `key_conflict`, `branch_exists`, `caller_failed` where the input or `onProgress` throws, and those of `mutate`.
   */
  async load(input: LoadInput, options: LoadOptions): Promise<LoadAnswer> {
    checkArgument("load", "input", input, LOAD_INPUT);
    const asked = optionsOf("load", options);
    return this.#context.calls.run(asked, (signal) =>
      load(this.#context, this.#branches, input, { ...asked, signal }),
    );
  }

  /**
   * The graph as NDJSON, in pieces; loading them into an empty graph of the same schema gives an equal graph. Once the graph is closed the next piece is
   * `closed`. Errors: `branch_not_found`, `commit_not_found`, `usage`.
   */
  export(options?: ExportOptions): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#context.calls.pieces(this.#export(options));
  }

  async *#export(given: ExportOptions | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    const options = optionsOf("export", given);
    using limits = this.#context.calls.limits(options);
    const { signal } = limits;
    const { view } = await limits.run(() => this.#branches.commitView(options, signal));
    const chosen = { ...(options.types === undefined ? {} : { types: options.types }), signal };
    const write = (push: (piece: Uint8Array) => Promise<void>): Promise<void> =>
      exportRows(view, chosen, push);
    yield* handoff<Uint8Array>((push) => limits.run(() => write(push)));
  }

  /**
   * The commits of a branch that touched one entity, the newest first, with its images. Empty where none did. Errors: `branch_not_found`,
   * `usage`, also for a type that the schema lacks.
   */
  async history(
    kind: EntityKind,
    type: string,
    id: string,
    options?: HistoryOptions,
  ): Promise<readonly HistoryEntry[]> {
    checkArgument("history", "kind", kind, ENTITY_KIND);
    checkArgument("history", "type", type, TEXT);
    checkArgument("history", "id", id, TEXT);
    const asked = optionsOf("history", options);
    return this.#context.calls.run(asked, (signal) =>
      entityHistory(this.#context, this.#branches, { kind, type, id }, asked, signal),
    );
  }

  /** Counts of every type at the head of a branch, from its newest commit alone. Errors: `branch_not_found`, `usage`. */
  async snapshot(options?: SnapshotOptions): Promise<SnapshotAnswer> {
    const asked = optionsOf("snapshot", options);
    const { branch = "main" } = asked;
    return this.#context.calls.run(asked, (signal) => snapshotAnswer(this.#context, { branch, signal }));
  }

  /**
   * Ends the handle and lets go of everything; nothing keeps the process alive afterwards. Calls that were made before end first, each as it would have
   * ended; with `abort` they are stopped, and those whose effect is not under way yet fail with `aborted`. Calls that are made later are `closed`. No
   * commit of this handle comes after the promise resolved. Closing again waits for the same end. A load whose own input waits for this waits for ever,
   * unless it is stopped.
   */
  async close(options?: CloseOptions): Promise<void> {
    const { abort = false } = optionsOf("close", options);
    return this.#context.calls.close(abort, async () => {
      await this.#context.log.close();
      this.#context.budget.dropAll();
      await this.#context.store.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #catalog({ branch = "main", at }: CatalogOptions): Promise<Catalog> {
    const { calls, log, catalogs } = this.#context;
    return calls.run({}, async (signal) => {
      const head = (): Promise<CommitRecord> => log.head(branch, signal);
      const commit = at === undefined ? await head() : await commitAt(at, head, log, signal);
      return catalogs.read(commit.header.schema, signal);
    });
  }
}

/** Closes the backend when what is built on it fails. */
async function opened({ objects }: Backend, build: () => Promise<Omnigraph>): Promise<Omnigraph> {
  try {
    return await build();
  } catch (thrown) {
    await objects.close();
    throw thrown;
  }
}

function contextOf(uri: string, backend: Backend, log: GraphLog, options: OpenOptions): GraphContext {
  const environment = systemEnvironment;
  return {
    uri,
    calls: new Calls(uri),
    environment,
    store: backend.objects,
    log,
    layers: backend.layers,
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
  throw new OmnigraphError("usage", `OMNIGRAPH_MEMORY takes a number of bytes, not ${quoted(text)}`);
}

function limitsOf(
  inlineRows: number | undefined,
  signal: AbortSignal | undefined,
): { inlineRows?: number; signal?: AbortSignal } {
  return {
    ...(inlineRows === undefined ? {} : { inlineRows }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Parameters in the text that their digest is taken of. Throws `parameter_invalid` for what has none. */
function jsonOf(parameters: Parameters): string {
  try {
    return writeJson(asJson(parameters));
  } catch (cause) {
    const why = cause instanceof NotJson ? cause.message : "they throw when they are read";
    throw new OmnigraphError("parameter_invalid", `the parameters are no JSON values: ${why}`, { cause });
  }
}

function thrownOn(thrown: unknown): never {
  throw failureOf(thrown);
}
