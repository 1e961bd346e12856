import { counted } from "@omnigraph/base";
import { type Diagnostic, formatDiagnostic, type LintReport } from "@omnigraph/language";
import { joined, lines, type Shown, shown } from "./shown.ts";

/** A lint report for people: each finding with its place, those of the schema first, then the totals. */
export function lintText(report: LintReport, schemaWarnings: readonly Diagnostic[]): Shown {
  const findings = [...schemaWarnings, ...report.diagnostics].map(
    (found) => shown`${lines(formatDiagnostic(found))}\n\n`,
  );
  const { queries_processed: queries, errors, warnings } = report.json;
  const total = [
    counted(queries, "query", "queries"),
    counted(errors, "error"),
    counted(warnings + schemaWarnings.length, "warning"),
  ];
  return shown`${joined(findings)}${total.join(", ")}\n`;
}
