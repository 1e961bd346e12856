import type { LintReport } from "@omnigraph/language";

/** A lint report for people: each finding with its place, then the totals. */
export function lintText(report: LintReport): string {
  const findings = report.diagnostics.map(
    (d) =>
      `${d.file}:${d.line}:${d.column}: ${d.severity}[${d.code}]: ${d.message}\n${d.excerpt}\n  help: ${d.remedy}\n\n`,
  );
  const { queries_processed: queries, errors, warnings } = report.json;
  return `${findings.join("")}${queries} queries, ${errors} errors, ${warnings} warnings\n`;
}
