import { type Diagnostic, formatDiagnostic, type LintReport } from "@omnigraph/language";

/** A lint report for people: each finding with its place, those of the schema first, then the totals. */
export function lintText(report: LintReport, schemaWarnings: readonly Diagnostic[]): string {
  const findings = [...schemaWarnings, ...report.diagnostics].map(
    (found) => `${formatDiagnostic(found)}\n\n`,
  );
  const { queries_processed: queries, errors, warnings } = report.json;
  const total = [
    [queries, "query", "queries"],
    [errors, "error"],
    [warnings + schemaWarnings.length, "warning"],
  ] as const;
  const counts = total.map(([count, one, many = `${one}s`]) => `${count} ${count === 1 ? one : many}`);
  return `${findings.join("")}${counts.join(", ")}\n`;
}
