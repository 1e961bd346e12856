import { OmnigraphError, unreachable, clipped } from "@omnigraph/base";
import { Diagnostics, type Finding } from "../text/diagnostics.ts";
import type { Catalog } from "../schema/catalog/catalog.ts";
import type { Diagnostic, Source, Span } from "../text/source.ts";
import type { TypedQuery } from "./ir/typed-query.ts";
import { typeMutation } from "./typing/mutations.ts";
import { parseQueries } from "./syntax/parse.ts";
import { typeRead } from "./typing/reads.ts";
import { QueryContext } from "./typing/scope.ts";
import { didYouMean } from "../text/suggest.ts";
import type { QueryFileNode, QueryNode } from "./syntax/tree.ts";
import { lintWarnings, queryWarnings } from "./warnings/warnings.ts";

/** One query of a source: typed, or the diagnostics that say why not. */
export interface CompiledQuery {
  readonly name: string;
  readonly kind: TypedQuery["kind"];
  readonly span: Span;
  readonly nameSpan: Span;
  readonly query: TypedQuery | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Warnings of a query that compiles. */
  readonly warnings: readonly Diagnostic[];
}

/** The queries of a source, in order. `diagnostics` are errors of the source itself, which then has no queries. */
export interface CompiledSource {
  readonly queries: readonly CompiledQuery[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Types every query of a source against a catalog. Never throws for errors in the source. */
export function compileQueries(source: Source, catalog: Catalog): CompiledSource {
  const found = new Diagnostics(source);
  const parsed = parseQueries(source);
  if (!parsed.ok) {
    found.add(parsed.finding);
    return { queries: [], diagnostics: found.list() };
  }
  const repeated = repeatedNames(parsed.file);
  const warned = new Diagnostics(source);
  const typed = parsed.file.queries.map((node) => {
    const { query, findings } = typeQuery(node, catalog, repeated);
    for (const finding of findings) found.add(finding);
    const { name, body, span } = node;
    if (query !== null) for (const finding of lintWarnings(node, query)) warned.add(finding);
    return { name: name.text, kind: body.kind, span, nameSpan: name.span, query };
  });
  const diagnostics = byQuery(found.list(), parsed.file);
  const warnings = byQuery(warned.list(), parsed.file);
  const queries = typed.map((query, index): CompiledQuery => ({
    ...query,
    diagnostics: diagnostics[index] ?? [],
    warnings: warnings[index] ?? [],
  }));
  return { queries, diagnostics: [] };
}

/** Splits findings by query. They are in the order of the source, and queries do not overlap. */
function byQuery(
  diagnostics: readonly Diagnostic[],
  { queries }: QueryFileNode,
): readonly (readonly Diagnostic[])[] {
  let next = 0;
  return queries.map(({ span }) => {
    const first = next;
    while ((diagnostics[next]?.span.start ?? Infinity) < span.end) next++;
    return diagnostics.slice(first, next);
  });
}

/** A query that may run, and what may make its answer another than was meant. */
export interface RunnableQuery {
  readonly query: TypedQuery;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The typed query of a name, or the only one of the source. Errors in other queries do not matter.
 * Errors: query_invalid (`details.diagnostics`), query_not_found, query_name_required.
 */
export function compileQuery(source: Source, catalog: Catalog, name?: string): RunnableQuery {
  const found = new Diagnostics(source);
  const parsed = parseQueries(source);
  if (!parsed.ok) {
    found.add(parsed.finding);
    found.throwIfErrors("query_invalid");
    throw new OmnigraphError("internal", "invariant broken: a refused source without a diagnostic");
  }
  const node = selectQuery(source, parsed.file, name);
  const { query, findings } = typeQuery(node, catalog, repeatedNames(parsed.file));
  for (const finding of findings) found.add(finding);
  found.throwIfErrors("query_invalid");
  if (query === null)
    throw new OmnigraphError("internal", "invariant broken: a refused query without a diagnostic");
  const warned = new Diagnostics(source);
  for (const finding of queryWarnings(node, query)) warned.add(finding);
  return { query, warnings: warned.list() };
}

/** What a source without a query should hold. */
const EMPTY =
  "Write `match { … } return { … }` or a statement such as `insert Type { … }`, alone or within `query name() { … }`.";

function selectQuery(source: Source, { queries }: QueryFileNode, name: string | undefined): QueryNode {
  const names = queries.flatMap((query) => (query.bare ? [] : [query.name.text]));
  const listed =
    names.length === 0
      ? "none in it has a name"
      : `it holds ${names.map((one) => `\`${clipped(one)}\``).join(", ")}`;
  if (name === undefined) {
    const [first, ...more] = queries;
    if (first !== undefined && more.length === 0) return first;
    if (first === undefined) throw new OmnigraphError("query_not_found", `${source.file} is empty. ${EMPTY}`);
    const message = `${source.file} holds ${queries.length} queries and none was named: ${listed}`;
    throw new OmnigraphError("query_name_required", message, { details: { queries: names } });
  }
  const found = queries.find((query) => !query.bare && query.name.text === name);
  if (found !== undefined) return found;
  const remedy = queries.some(({ bare }) => bare)
    ? "Leave the name out: the text stands without `query name() { … }` around it."
    : names.length === 0
      ? EMPTY
      : didYouMean(name, names, "query");
  const message = `${source.file} holds no query \`${clipped(name)}\`; ${listed}. ${remedy}`;
  throw new OmnigraphError("query_not_found", message, { details: { query_name: name, queries: names } });
}

interface Typed {
  readonly query: TypedQuery | null;
  readonly findings: readonly Finding[];
}

function typeQuery(node: QueryNode, catalog: Catalog, repeated: ReadonlySet<string>): Typed {
  const context = new QueryContext(catalog, node);
  const { text } = node.name;
  if (repeated.has(text)) {
    context.error("Q-DUPLICATE-QUERY", node.name.span, `the source holds several queries called \`${text}\``);
  }
  const { description, instruction } = annotationsOf(context, node);
  const parameters = [...context.parameters.values()];
  const head = { name: text, parameters, description, instruction };
  const { body } = node;
  switch (body.kind) {
    case "read": {
      const parts = typeRead(context, body);
      return { query: parts && { kind: "read", ...head, ...parts }, findings: context.findings };
    }
    case "mutation": {
      const statements = typeMutation(context, body);
      return { query: statements && { kind: "mutation", ...head, statements }, findings: context.findings };
    }
    default:
      return unreachable(body);
  }
}

function annotationsOf(
  context: QueryContext,
  node: QueryNode,
): { readonly description: string | null; readonly instruction: string | null } {
  let description: string | null = null;
  let instruction: string | null = null;
  for (const { name, text, span } of node.annotations) {
    if ((name === "description" ? description : instruction) !== null) {
      context.error("Q-DUPLICATE-ANNOTATION", span, `\`@${name}\` is given twice`);
    }
    if (name === "description") description = text;
    else instruction = text;
  }
  return { description, instruction };
}

function repeatedNames({ queries }: QueryFileNode): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of queries) {
    if (seen.has(name.text)) repeated.add(name.text);
    seen.add(name.text);
  }
  return repeated;
}
