import { OmnigraphError } from "@omnigraph/base";
import { compilePlan, type Plan } from "@omnigraph/engine";
import { type Catalog, compileQuery, type MutationQuery, type ReadQuery } from "@omnigraph/language";

/** A query source as callers give it. */
export interface QuerySource {
  readonly text: string;
  readonly file: string;
  /** Undefined when the source holds one query. */
  readonly name: string | undefined;
}

/** A read that is ready to run. */
export interface CompiledRead {
  readonly kind: "read";
  readonly plan: Plan;
  /** Names of the columns that are sums. */
  readonly sums: readonly string[];
}

type Compiled = CompiledRead | { readonly kind: "mutation"; readonly query: MutationQuery };

const MOST_KEPT = 512;

/** Queries that were compiled, by schema, source and name; the ones used longest ago are dropped. */
export class CompiledQueries {
  readonly #kept = new Map<string, Compiled>();

  /** Errors: `query_invalid`, `query_not_found`, `query_name_required`, `query_kind_mismatch`, `not_available`. */
  read(source: QuerySource, catalog: Catalog): CompiledRead {
    const compiled = this.#compiled(source, catalog);
    if (compiled.kind === "read") return compiled;
    throw new OmnigraphError(
      "query_kind_mismatch",
      `${compiled.query.name} is a mutation: run it with mutate`,
    );
  }

  /** Errors: as `read`. */
  mutation(source: QuerySource, catalog: Catalog): MutationQuery {
    const compiled = this.#compiled(source, catalog);
    if (compiled.kind === "mutation") return compiled.query;
    throw new OmnigraphError(
      "query_kind_mismatch",
      `${compiled.plan.query.name} is a read: run it with query`,
    );
  }

  #compiled(source: QuerySource, catalog: Catalog): Compiled {
    const key = `${catalog.hash}\0${source.name ?? ""}\0${source.text}`;
    const there = this.#kept.get(key);
    if (there !== undefined) {
      // The map keeps the order of insertion: the first is the one used longest ago.
      this.#kept.delete(key);
      this.#kept.set(key, there);
      return there;
    }
    const query = compileQuery({ file: source.file, text: source.text }, catalog, source.name);
    const made: Compiled =
      query.kind === "read"
        ? { kind: "read", plan: compilePlan(query), sums: sumsOf(query) }
        : { kind: "mutation", query };
    this.#kept.set(key, made);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? "");
    return made;
  }
}

function sumsOf({ columns }: ReadQuery): readonly string[] {
  return columns
    .filter(({ expr }) => expr.kind === "aggregate" && expr.function === "sum")
    .map(({ name }) => name);
}
