import { LIMITS } from "@omnigraph/base";
import { execute, type QueryResult, type RunLimits } from "@omnigraph/engine";
import { bindParameters, type Catalog, undeclaredParameters } from "@omnigraph/language";
import type { Parameters, PreparedQuery, QueryAnswer, ReadOptions } from "./api.ts";
import type { Branches } from "./branches.ts";
import type { Sight } from "./branch-views.ts";
import { limited } from "./call-limits.ts";
import type { Ground } from "./ground.ts";
import type { CompiledQueries, CompiledRead, QuerySource } from "./queries.ts";

const NO_PARAMETERS: Parameters = {};

/** The compiled query for a snapshot's schema. */
type CompiledFor = (catalog: Catalog) => CompiledRead;

/** Runs reads: finds the snapshot that is asked for, and the plan for its schema. */
export class Reads {
  readonly #ground: Ground;
  readonly #branches: Branches;
  readonly #queries: CompiledQueries;

  constructor(ground: Ground, branches: Branches, queries: CompiledQueries) {
    this.#ground = ground;
    this.#branches = branches;
    this.#queries = queries;
  }

  query(source: QuerySource, parameters: Parameters, options: ReadOptions): Promise<QueryAnswer> {
    return this.#answer((catalog) => this.#queries.read(source, catalog), parameters, options);
  }

  /** Compiles against the head's schema now; a snapshot of another schema has the query compiled again. */
  async prepare(source: QuerySource, branch: string): Promise<PreparedQuery> {
    const { view } = await this.#branches.sight({ branch });
    const first = this.#queries.read(source, view.catalog);
    const compiledFor: CompiledFor = (catalog) =>
      catalog === view.catalog ? first : this.#queries.read(source, catalog);
    const { query } = first.plan;
    return {
      name: query.name,
      columns: query.columns.map((column) => column.name),
      run: (parameters = NO_PARAMETERS, options = {}) => {
        const at = options.branch === undefined && branch !== "main" ? { ...options, branch } : options;
        return this.#answer(compiledFor, parameters, at);
      },
    };
  }

  /** Waits for nothing where the head is recent enough and the view has what the plan needs. */
  #answer(compiledFor: CompiledFor, parameters: Parameters, options: ReadOptions): Promise<QueryAnswer> {
    try {
      const recent = this.#branches.recent(options);
      if (recent === null) return this.#confirmed(compiledFor, parameters, options);
      return Promise.resolve(this.#run(compiledFor, recent, parameters, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #confirmed(compiledFor: CompiledFor, parameters: Parameters, options: ReadOptions): Promise<QueryAnswer> {
    const ask = async (signal: AbortSignal | undefined): Promise<QueryAnswer> => {
      const sight = await this.#branches.sight(signal === undefined ? options : { ...options, signal });
      return this.#run(compiledFor, sight, parameters, options);
    };
    const unbounded = options.signal === undefined && options.deadlineMs === undefined;
    return unbounded ? ask(undefined) : limited(options, ask);
  }

  #run(
    compiledFor: CompiledFor,
    { commit, view }: Sight,
    parameters: Parameters,
    options: ReadOptions,
  ): QueryAnswer | Promise<QueryAnswer> {
    const { plan, sums } = compiledFor(view.catalog);
    const { query } = plan;
    const answer = (result: QueryResult): QueryAnswer => ({
      queryName: query.name,
      branch: options.branch ?? "main",
      snapshot: options.at === undefined ? null : commit.header.id,
      columns: result.columns,
      rows: result.rows(),
      sums,
      commit: commit.header.id,
      warnings: undeclaredParameters(query.parameters, parameters),
    });
    const ran = execute(plan, view, bindParameters(query.parameters, parameters), this.#limits(options));
    return ran instanceof Promise ? ran.then(answer) : answer(ran);
  }

  #limits({ signal, deadlineMs }: ReadOptions): RunLimits {
    const { clock } = this.#ground.environment;
    return {
      clock,
      deadline: clock.monotonicMs() + (deadlineMs ?? LIMITS.queryDeadlineMs.value),
      memoryBytes: LIMITS.queryMemoryBytes.value,
      ...(signal === undefined ? {} : { signal }),
    };
  }
}
