import type { TablesExportAnswer } from "../answers/exchange.ts";
import type { TablesExportJson } from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

export function tablesExportJson({ format, to, commit, tables }: TablesExportAnswer): TablesExportJson {
  return {
    format,
    to,
    commit: commitJson(commit),
    tables: tables.map(({ kind, typeName, path, rows }) => ({
      type_key: `${kind}:${typeName}`,
      kind,
      type_name: typeName,
      path,
      rows,
    })),
  };
}
