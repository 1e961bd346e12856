/** Reasons why something cannot be read that are about stored data. */
export const DAMAGE: ReadonlySet<string> = new Set([
  "object_corrupt",
  "log_corrupt",
  "log_torn",
  "table_version_missing",
  "format_newer",
  "graph_replaced",
  "graph_not_found",
  "commit_not_found",
]);
