import { LIMITS } from "@omnigraph/base";
import { execute, type Plan, type RunLimits } from "@omnigraph/engine";
import { bindParameters, type Catalog, type ReadQuery } from "@omnigraph/language";
import type { Parameters, PreparedQuery, QueryAnswer, ReadOptions } from "./api.ts";
import type { Branches } from "./branches.ts";
import type { Sight } from "./branch-views.ts";
import { limited } from "./call-limits.ts";
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
    const plan = ({ view }: Sight): Plan => this.#queries.read(source, view.catalog);
    return this.#answer(plan, parameters, options);
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
        return this.#answer(({ view: { catalog } }) => planFor(catalog), parameters, at);
      },
    };
  }

  async #answer(
    planFor: (sight: Sight) => Plan,
    parameters: Parameters,
    options: ReadOptions,
  ): Promise<QueryAnswer> {
    const recent = this.#branches.recent(options);
    if (recent !== null) return this.#run(planFor(recent), recent, parameters, options);
    const ask = async (signal: AbortSignal | undefined): Promise<QueryAnswer> => {
      const sight = await this.#branches.sight(signal === undefined ? options : { ...options, signal });
      return this.#run(planFor(sight), sight, parameters, options);
    };
    return options.signal === undefined && options.deadlineMs === undefined
      ? ask(undefined)
      : limited(options, ask);
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
      sums: sumsOf(query),
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

const sums = new WeakMap<ReadQuery, readonly string[]>();

function sumsOf(query: ReadQuery): readonly string[] {
  const known = sums.get(query);
  if (known !== undefined) return known;
  const found = query.columns
    .filter(({ expr }) => expr.kind === "aggregate" && expr.function === "sum")
    .map(({ name }) => name);
  sums.set(query, found);
  return found;
}
