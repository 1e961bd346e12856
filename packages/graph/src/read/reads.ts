import { execute, type QueryResult } from "@omnigraph/engine";
import { bindParameters, type Catalog, touchedTypes } from "@omnigraph/language";
import type { ExplainAnswer, HistoryEntry, QueryAnswer, SnapshotAnswer } from "@omnigraph/wire";
import type {
  ExplainOptions,
  ExportOptions,
  Parameters,
  PreparedQuery,
  PrepareOptions,
  ReadOptions,
  RunOptions,
  SnapshotOptions,
} from "../api/graph.ts";
import type { HistoryOptions } from "../api/history.ts";
import type { Branches } from "../branches/branches.ts";
import type { CommitView } from "../branches/branch-views.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { failureOf } from "../calls/call-limits.ts";
import {
  arePlain,
  checkArgument,
  checkParameters,
  NO_PARAMETERS,
  optionsOf,
  parametersOf,
} from "../calls/check.ts";
import { ENTITY_KIND, TEXT } from "../calls/kinds.ts";
import type { GraphContext } from "../open/context.ts";
import {
  callWarnings,
  type CompiledQueries,
  type CompiledRead,
  type QuerySource,
} from "../open/compiled-queries.ts";
import { type EntityName, entityHistory } from "./entity-history.ts";
import { explain } from "./explain.ts";
import { exportPieces } from "./export.ts";
import { runLimits } from "./run-limits.ts";
import { snapshotAnswer } from "./snapshot-answer.ts";

const NO_OPTIONS: RunOptions = {};

/** The compiled query for a snapshot's schema. */
type CompiledFor = (catalog: Catalog) => CompiledRead;

/** The reads of an open graph, with unchecked arguments. Those of a query: the requested snapshot, and the plan for its schema, are found here. */
export class Reads {
  readonly #context: GraphContext;
  readonly #branches: Branches;
  readonly #queries: CompiledQueries;

  constructor(context: GraphContext, branches: Branches, queries: CompiledQueries) {
    this.#context = context;
    this.#branches = branches;
    this.#queries = queries;
  }

  /** As `Omnigraph.query`. */
  query(
    text: string,
    parameters: Parameters | null | undefined,
    options: ReadOptions | undefined,
  ): Promise<QueryAnswer> {
    try {
      checkArgument("query", "source", text, TEXT);
      const asked = optionsOf("query", options);
      const source: QuerySource = { text, file: asked.file ?? "<query>", name: asked.name };
      return this.#answer("query", (catalog) => this.#queries.read(source, catalog), parameters, asked);
    } catch (thrown) {
      return Promise.reject(failureOf(thrown));
    }
  }

  /** As `Omnigraph.explain`. */
  async explain(
    source: string,
    given: Parameters | null | undefined,
    options: ExplainOptions | undefined,
  ): Promise<ExplainAnswer> {
    checkArgument("explain", "source", source, TEXT);
    const parameters = parametersOf("explain", given);
    const asked = optionsOf("explain", options);
    return this.#context.calls.run("explain", asked, (signal, permitTypes) => {
      const all = { ...asked, source, parameters, signal, permitTypes };
      return this.#branches.fresh(() => explain(this.#context, this.#branches, this.#queries, all));
    });
  }

  /** As `Omnigraph.prepare`. */
  async prepare(text: string, options: PrepareOptions | undefined): Promise<PreparedQuery> {
    checkArgument("prepare", "source", text, TEXT);
    const { name, branch = "main" } = optionsOf("prepare", options);
    const source = { text, file: "<query>", name };
    return this.#context.calls.run("prepare", { branch }, (signal, permitTypes) =>
      this.#prepared(source, branch, signal, permitTypes),
    );
  }

  /** As `Omnigraph.export`. */
  export(options: ExportOptions | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#context.calls.stream(
      "export",
      () => optionsOf("export", options),
      (asked, limits, permitTypes) => exportPieces(this.#context, this.#branches, asked, limits, permitTypes),
    );
  }

  /** As `Omnigraph.history`. */
  async history(entity: EntityName, options: HistoryOptions | undefined): Promise<readonly HistoryEntry[]> {
    const { kind, type, id } = entity;
    checkArgument("history", "kind", kind, ENTITY_KIND);
    checkArgument("history", "type", type, TEXT);
    checkArgument("history", "id", id, TEXT);
    const asked = optionsOf("history", options);
    return this.#context.calls.run(
      "history",
      asked,
      (signal, permitTypes) =>
        entityHistory(this.#context, this.#branches, entity, { ...asked, signal, permitTypes }),
      { types: [type] },
    );
  }

  /** As `Omnigraph.snapshot`. */
  async snapshot(options: SnapshotOptions | undefined): Promise<SnapshotAnswer> {
    const asked = optionsOf("snapshot", options);
    return this.#context.calls.run("snapshot", asked, (signal) =>
      snapshotAnswer(this.#context, { ...asked, signal }),
    );
  }

  /** Compiles for the schema of the present head; for a snapshot with another schema the query is compiled again. */
  async #prepared(
    source: QuerySource,
    branch: string,
    signal: AbortSignal,
    permitTypes: PermitTypes,
  ): Promise<PreparedQuery> {
    const { view } = await this.#branches.commitView({ branch }, signal);
    const first = this.#queries.read(source, view.catalog);
    if (permitTypes !== undefined) await permitTypes(touchedTypes(first.plan.query, view.catalog));
    const compiledFor: CompiledFor = (catalog) =>
      catalog === view.catalog ? first : this.#queries.read(source, catalog);
    const { query } = first.plan;
    return {
      name: query.name,
      columns: query.columns.map((column) => column.name),
      run: (parameters, options) => {
        try {
          const asked = arePlain(options) ? (options ?? NO_OPTIONS) : optionsOf("run", options);
          const at = asked.branch === undefined && branch !== "main" ? { ...asked, branch } : asked;
          return this.#answer("run", compiledFor, parameters, at);
        } catch (thrown) {
          return Promise.reject(failureOf(thrown));
        }
      },
    };
  }

  /** Answers without waiting if the head is recent enough and everything that the plan needs is resident. */
  #answer(
    call: "query" | "run",
    compiledFor: CompiledFor,
    given: Parameters | null | undefined,
    options: ReadOptions,
  ): Promise<QueryAnswer> {
    const { calls } = this.#context;
    calls.check();
    const recent = calls.needsPermission ? null : this.#branches.recent(options);
    if (recent === null) {
      const parameters = parametersOf(call, given);
      const asked = { ...options };
      return calls.run(call, asked, (signal, permitTypes) =>
        this.#branches.fresh(() => this.#read(compiledFor, parameters, asked, signal, permitTypes)),
      );
    }
    const parameters = given ?? NO_PARAMETERS;
    checkParameters(call, parameters);
    const answer = this.#run(compiledFor, recent, parameters, options, options.signal ?? calls.closing);
    if (!(answer instanceof Promise)) return Promise.resolve(answer);
    let first: Promise<QueryAnswer> | null = answer;
    return calls.run(call, options, (signal, permitTypes) =>
      this.#branches.fresh(() => {
        const running = first ?? this.#read(compiledFor, parameters, options, signal, permitTypes);
        first = null;
        return running;
      }),
    );
  }

  async #read(
    compiledFor: CompiledFor,
    parameters: Parameters,
    options: ReadOptions,
    signal: AbortSignal,
    permitTypes: PermitTypes,
  ): Promise<QueryAnswer> {
    const head = await this.#branches.commitView(options, signal);
    if (permitTypes !== undefined) {
      const { catalog } = head.view;
      await permitTypes(touchedTypes(compiledFor(catalog).plan.query, catalog));
    }
    return this.#run(compiledFor, head, parameters, options, signal);
  }

  #run(
    compiledFor: CompiledFor,
    { commit, view }: CommitView,
    parameters: Parameters,
    options: ReadOptions,
    signal: AbortSignal,
  ): QueryAnswer | Promise<QueryAnswer> {
    const { plan, sums, warnings } = compiledFor(view.catalog);
    const { query } = plan;
    const answer = (result: QueryResult): QueryAnswer => ({
      queryName: query.name,
      branch: options.branch ?? "main",
      snapshot: options.at === undefined ? null : commit.header.id,
      columns: result.columns,
      rows: rowsOf(result),
      sums,
      commit: commit.header.id,
      warnings: callWarnings(warnings, query.parameters, parameters),
    });
    const limits = runLimits(this.#context, options.deadlineMs, signal);
    const ran = execute(plan, view, bindParameters(query.parameters, parameters), limits);
    return ran instanceof Promise ? ran.then(answer) : answer(ran);
  }
}

/** All rows; what they were read from is given back. */
function rowsOf(result: QueryResult): QueryAnswer["rows"] {
  try {
    return result.rows();
  } finally {
    result.release();
  }
}
