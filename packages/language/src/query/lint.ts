import type { Catalog, NodeType } from "../schema/catalog.ts";
import type { Diagnostic, Severity, Source } from "../source.ts";
import { QUERY_CODES, type QueryCode } from "./codes.ts";
import { type CompiledQuery, compileQueries } from "./compile.ts";
import type { TypedQuery } from "./ir.ts";
import { describeOperation, type Operation } from "./operation.ts";

/** Where the schema of a report comes from: a file, or the graph itself. */
export interface SchemaSource {
  readonly kind: "file" | "graph";
  readonly path: string;
}

/** What lint says of one query. Members that have nothing to say are left out. */
export interface LintResult {
  readonly name: string;
  readonly kind: TypedQuery["kind"];
  readonly status: "ok" | "error";
  /** Of a query with errors: the first of them. */
  readonly error?: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly warnings?: readonly string[];
  readonly operation?: Operation;
}

/** A finding about the source as a whole. */
export interface LintFinding {
  readonly severity: Severity;
  readonly code: QueryCode;
  readonly message: string;
  readonly remedy: string;
  readonly type_name?: string;
  readonly property?: string;
  /** The place of a syntax error. */
  readonly diagnostic?: Diagnostic;
}

/** The report that `lint --json` prints. */
export interface LintReport {
  readonly status: "ok" | "error";
  readonly schema_source?: SchemaSource;
  readonly query_path: string;
  readonly queries_processed: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly results: readonly LintResult[];
  readonly findings: readonly LintFinding[];
}

const FIXED_MUTATION =
  "this mutation has no parameters: everything that it writes is fixed, which is easily overlooked";

/** Types every query of a source and reports on each: its columns, the types that it touches, and what is amiss. */
export function lintSource(source: Source, catalog: Catalog, schemaSource?: SchemaSource): LintReport {
  const compiled = compileQueries(source, catalog);
  const results = compiled.queries.map((query) => lintQuery(query, catalog));
  const findings = [
    ...compiled.diagnostics.map(syntaxProblem),
    ...neverUpdated(compiled.queries.flatMap(({ query }) => (query === null ? [] : [query]))),
  ];
  const errors =
    compiled.diagnostics.length +
    results.reduce((sum, { diagnostics }) => sum + (diagnostics?.length ?? 0), 0);
  const failed = errors > 0 || results.some(({ status }) => status === "error");
  const warned = findings.filter(({ severity }) => severity === "warning").length;
  return {
    status: failed ? "error" : "ok",
    ...(schemaSource === undefined ? {} : { schema_source: schemaSource }),
    query_path: source.file,
    queries_processed: results.length,
    errors,
    warnings: warned + results.reduce((sum, { warnings }) => sum + (warnings?.length ?? 0), 0),
    infos: 0,
    results,
    findings,
  };
}

function lintQuery({ name, kind, query, diagnostics }: CompiledQuery, catalog: Catalog): LintResult {
  if (query === null) {
    const [first] = diagnostics;
    const error = first === undefined ? "the query has errors" : `${first.code}: ${first.message}`;
    return { name, kind, status: "error", error, diagnostics };
  }
  const fixed = query.kind === "mutation" && query.parameters.length === 0;
  const warnings = fixed ? { warnings: [FIXED_MUTATION] } : {};
  return { name, kind, status: "ok", ...warnings, operation: describeOperation(query, catalog) };
}

function syntaxProblem(diagnostic: Diagnostic): LintFinding {
  const { severity, message, remedy } = diagnostic;
  return { severity, code: "Q000", message, remedy, diagnostic };
}

/** L201: nullable properties of updated types that no update sets, types and properties by name. */
function neverUpdated(queries: readonly TypedQuery[]): readonly LintFinding[] {
  const updated = new Map<NodeType, Set<string>>();
  for (const query of queries) {
    if (query.kind !== "mutation") continue;
    for (const statement of query.statements) {
      if (statement.kind !== "update") continue;
      const set = updated.get(statement.type) ?? new Set<string>();
      for (const { property } of statement.assignments) set.add(property.name);
      updated.set(statement.type, set);
    }
  }
  const byName = [...updated].toSorted(([a], [b]) => (a.name < b.name ? -1 : 1));
  return byName.flatMap(([type, set]) => {
    const unset = type.properties.filter(({ name, type: { nullable } }) => nullable && !set.has(name));
    return unset
      .map(({ name }) => name)
      .toSorted()
      .map((property) => neverSet(type.name, property));
  });
}

function neverSet(typeName: string, property: string): LintFinding {
  return {
    severity: "warning",
    code: "L201",
    message: `no update sets \`${property}\` of ${typeName}, which may be null`,
    remedy: QUERY_CODES.L201.remedy,
    type_name: typeName,
    property,
  };
}
