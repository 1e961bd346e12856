import { lru, OmnigraphError, quoted } from "@omnigraph/base";
import { compilePlan, type Plan } from "@omnigraph/engine";
import {
  type Catalog,
  compileQuery,
  type MutationQuery,
  type ReadQuery,
  undeclaredParameters,
  warningLine,
} from "@omnigraph/language";
import type { Parameters } from "../api/graph.ts";

/** The source of a query, as callers give it. */
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
  readonly warnings: readonly string[];
}

/** A mutation that is ready to run. */
export interface CompiledMutation {
  readonly kind: "mutation";
  readonly query: MutationQuery;
  readonly warnings: readonly string[];
}

/** A query that is ready to run. */
export type Compiled = CompiledRead | CompiledMutation;

/** A compiled query, for the schema that it was last used with. */
interface Kept {
  readonly schema: string;
  readonly compiled: Compiled;
}

const MAX_TEXTS = 512;

/** A cache of compiled queries; the least recently used texts are dropped. */
export class CompiledQueries {
  /** By text, then by name. A key concatenated from both would have to be hashed at each call. */
  readonly #texts = lru<Map<string | undefined, Kept>>(MAX_TEXTS);

  /** Errors: `query_invalid`, `query_not_found`, `query_name_required`, `query_kind_mismatch`, `not_available`. */
  read(source: QuerySource, catalog: Catalog): CompiledRead {
    const compiled = this.compiled(source, catalog);
    if (compiled.kind === "read") return compiled;
    throw new OmnigraphError(
      "query_kind_mismatch",
      `${quoted(compiled.query.name)} changes the graph: run it with mutate`,
    );
  }

  /** Errors: as `read`. */
  mutation(source: QuerySource, catalog: Catalog): CompiledMutation {
    const compiled = this.compiled(source, catalog);
    if (compiled.kind === "mutation") return compiled;
    throw new OmnigraphError(
      "query_kind_mismatch",
      `${quoted(compiled.plan.query.name)} only reads: run it with query`,
    );
  }

  /** A read or a mutation. Errors: as `read`, but for the kind. */
  compiled(source: QuerySource, catalog: Catalog): Compiled {
    const { text, name } = source;
    const known = this.#texts.get(text);
    const there = known?.get(name);
    if (there?.schema === catalog.hash) return there.compiled;
    const { query, warnings: amiss } = compileQuery({ file: source.file, text }, catalog, name);
    const warnings = amiss.map(warningLine);
    const compiled: Compiled =
      query.kind === "read"
        ? { kind: "read", plan: compilePlan(query), sums: sumsOf(query), warnings }
        : { kind: "mutation", query, warnings };
    const kept = known ?? new Map<string | undefined, Kept>();
    kept.set(name, { schema: catalog.hash, compiled });
    if (known === undefined) this.#texts.set(text, kept);
    return compiled;
  }
}

/** Warnings for a call: those of its query, and undeclared parameters. The list is new unless it is empty, so the caller may change it. */
export function callWarnings(
  ofQuery: readonly string[],
  declared: ReadQuery["parameters"],
  given: Parameters,
): readonly string[] {
  const undeclared = undeclaredParameters(declared, given);
  return ofQuery.length === 0 ? undeclared : [...ofQuery, ...undeclared];
}

function sumsOf({ columns }: ReadQuery): readonly string[] {
  return columns
    .filter(({ expr }) => expr.kind === "aggregate" && expr.function === "sum")
    .map(({ name }) => name);
}
