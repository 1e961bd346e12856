import { LIMITS } from "@omnigraph/base";
import { execute, type Plan, type RunLimits } from "@omnigraph/engine";
import { bindParameters, type Catalog } from "@omnigraph/language";
import type { Parameters, PreparedQuery, QueryAnswer, ReadOptions } from "./api.ts";
import type { Branches } from "./branches.ts";
import type { Sight } from "./branch-views.ts";
import type { Ground } from "./ground.ts";
import type { CompiledQueries, QuerySource } from "./queries.ts";

const NO_PARAMETERS: Parameters = {};

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

  async query(source: QuerySource, parameters: Parameters, options: ReadOptions): Promise<QueryAnswer> {
    const sight = this.#branches.recent(options) ?? (await this.#branches.sight(options));
    const plan = this.#queries.read(source, sight.view.catalog);
    return this.#run(plan, sight, parameters, options);
  }

  /** Compiles against the head's schema now; a snapshot of another schema has the query compiled again. */
  async prepare(source: QuerySource, branch: string): Promise<PreparedQuery> {
    const { view } = await this.#branches.sight({ branch });
    const first = this.#queries.read(source, view.catalog);
    const planFor = (catalog: Catalog): Plan =>
      catalog === view.catalog ? first : this.#queries.read(source, catalog);
    return {
      name: first.query.name,
      columns: first.query.columns.map((column) => column.name),
      run: async (parameters = NO_PARAMETERS, options = {}) => {
        const at = options.branch === undefined && branch !== "main" ? { ...options, branch } : options;
        const sight = this.#branches.recent(at) ?? (await this.#branches.sight(at));
        return this.#run(planFor(sight.view.catalog), sight, parameters, at);
      },
    };
  }

  async #run(
    plan: Plan,
    { commit, view }: Sight,
    parameters: Parameters,
    options: ReadOptions,
  ): Promise<QueryAnswer> {
    const { query } = plan;
    const bound = bindParameters(query.parameters, parameters);
    const ran = execute(plan, view, bound, this.#limits(options));
    const result = ran instanceof Promise ? await ran : ran;
    return {
      queryName: query.name,
      branch: options.branch ?? "main",
      snapshot: options.at ?? null,
      columns: result.columns,
      rows: result.rows(),
      commit: commit.header.id,
    };
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
