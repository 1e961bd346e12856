import { Diagnostics } from "../text/diagnostics.ts";
import type { Catalog, EntityType } from "../schema/catalog/catalog.ts";
import type { Diagnostic, Severity, Source, Span } from "../text/source.ts";
import { QUERY_CODES } from "./typing/codes.ts";
import { type CompiledQuery, compileQueries } from "./compile.ts";
import type { TypedQuery } from "./ir/typed-query.ts";
import { describeOperation, type Operation } from "./ir/operation.ts";

/** The lint result of one query. Empty members are left out. */
interface LintResult {
  readonly name: string;
  readonly kind: TypedQuery["kind"];
  readonly status: "ok" | "error";
  /** The first error, if there are any. */
  readonly error?: string;
  /** The messages of its warnings. */
  readonly warnings?: readonly string[];
  /** Its errors or warnings with their places. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly operation?: Operation;
}

/** A finding that belongs to no single query. */
interface LintFinding {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly type_name?: string;
  readonly property?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The report as `lint --json` prints it; the command adds `schema_source`. */
interface LintJson {
  readonly status: "ok" | "error";
  readonly query_path: string;
  readonly queries_processed: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly results: readonly LintResult[];
  readonly findings: readonly LintFinding[];
}

export interface LintReport {
  readonly json: LintJson;
  /** All errors and warnings, in the order of the source. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Types every query of a source and reports on each: its columns, the types that it reads and writes, errors and warnings. */
export function lintSource(source: Source, catalog: Catalog): LintReport {
  const compiled = compileQueries(source, catalog);
  const never = new Diagnostics(source);
  const results = compiled.queries.map((query) => lintQuery(query, catalog));
  const findings = [...compiled.diagnostics.map(syntaxProblem), ...neverUpdated(compiled.queries, never)];
  const errors = [...compiled.diagnostics, ...compiled.queries.flatMap(({ diagnostics }) => diagnostics)];
  const failed = errors.length > 0 || results.some(({ status }) => status === "error");
  const warned = [...compiled.queries.flatMap(({ warnings }) => warnings), ...never.list()];
  const json: LintJson = {
    status: failed ? "error" : "ok",
    query_path: source.file,
    queries_processed: results.length,
    errors: errors.length,
    warnings: warned.length,
    infos: 0,
    results,
    findings,
  };
  const diagnostics = [...errors, ...warned].toSorted((a, b) => a.span.start - b.span.start);
  return { json, diagnostics };
}

function lintQuery(compiled: CompiledQuery, catalog: Catalog): LintResult {
  const { name, kind, query, diagnostics, warnings } = compiled;
  if (query === null) {
    const [first] = diagnostics;
    const error = first === undefined ? "the query has errors" : `${first.code}: ${first.message}`;
    return { name, kind, status: "error", error, diagnostics };
  }
  const operation = describeOperation(query, catalog);
  if (warnings.length === 0) return { name, kind, status: "ok", operation };
  const messages = warnings.map(({ message }) => message);
  return { name, kind, status: "ok", warnings: messages, diagnostics: warnings, operation };
}

function syntaxProblem({ severity, code, message, remedy, file, line, column }: Diagnostic): LintFinding {
  return { severity, code, message, remedy, file, line, column };
}

/** The properties that the updates of a type set, and the place of the first update. */
interface Updated {
  readonly span: Span;
  readonly set: Set<string>;
}

/** L201: nullable properties of updated types that no update of the source sets; types and properties by name. */
function neverUpdated(queries: readonly CompiledQuery[], warnings: Diagnostics): readonly LintFinding[] {
  const updated = new Map<EntityType, Updated>();
  for (const { query, nameSpan } of queries) {
    if (query?.kind !== "mutation") continue;
    for (const statement of query.statements) {
      if (statement.kind !== "update") continue;
      const known = updated.get(statement.type) ?? { span: nameSpan, set: new Set<string>() };
      for (const { property } of statement.assignments) known.set.add(property.name);
      updated.set(statement.type, known);
    }
  }
  const byName = [...updated].toSorted(([a], [b]) => (a.name < b.name ? -1 : 1));
  return byName.flatMap(([type, { span, set }]) => {
    const unset = type.properties.filter(({ name, type: { nullable } }) => nullable && !set.has(name));
    const names = unset.map(({ name }) => name).toSorted();
    return names.map((property) => neverSet(type, property, span, warnings));
  });
}

function neverSet(type: EntityType, property: string, span: Span, warnings: Diagnostics): LintFinding {
  const message = `no update of the source sets \`${property}\` of ${type.name}, which may be null`;
  const { remedy } = QUERY_CODES.L201;
  warnings.warning("L201", span, message, remedy);
  return { severity: "warning", code: "L201", message, remedy, type_name: type.name, property };
}
