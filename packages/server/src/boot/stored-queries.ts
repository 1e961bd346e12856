import { OmnigraphError } from "@omnigraph/base";
import {
  type Catalog,
  compileQueries,
  formatDiagnostic,
  SCALAR_KINDS,
  type ValueType,
} from "@omnigraph/language";
import type { QueryCatalogJson, StoredParameterJson } from "@omnigraph/wire";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { orUnreadable, textsOf } from "./files.ts";

/** A file of stored queries. */
export interface QueryFile {
  readonly path: string;
  readonly text: string;
}

/** A stored query: what is run is the source that it stands in, by its name. */
export interface StoredQuery {
  readonly name: string;
  readonly source: string;
  readonly isMutation: boolean;
  readonly json: QueryCatalogJson["queries"][number];
}

/** The queries of files by name, checked against a schema. Errors: `query_invalid` with every problem, and for a name that is there twice. */
export function storedQueries(
  files: readonly QueryFile[],
  catalog: Catalog,
): ReadonlyMap<string, StoredQuery> {
  const found = new Map<string, StoredQuery>();
  const problems: string[] = [];
  for (const { path, text } of files) {
    const source = { file: path, text };
    const { queries, diagnostics } = compileQueries(source, catalog);
    for (const each of diagnostics) problems.push(formatDiagnostic(each));
    for (const { name, query, diagnostics: own } of queries) {
      for (const each of own) problems.push(formatDiagnostic(each));
      if (query === null) continue;
      if (found.has(name)) problems.push(`${path}: query ${name} is in another file too`);
      found.set(name, {
        name,
        source: text,
        isMutation: query.kind === "mutation",
        json: {
          name,
          mutation: query.kind === "mutation",
          params: query.parameters.map((parameter) => parameterJson(parameter.name, parameter.type)),
          tool_name: name,
          ...(query.description === null ? {} : { description: query.description }),
          ...(query.instruction === null ? {} : { instruction: query.instruction }),
        },
      });
    }
  }
  if (problems.length > 0) throw new OmnigraphError("query_invalid", problems.join("\n"));
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function parameterJson(name: string, type: ValueType): StoredParameterJson {
  const { list, nullable, dimension, scalar } = type;
  if (dimension !== null) return { name, kind: "vector", nullable, vector_dim: dimension };
  const kind = SCALAR_KINDS[scalar];
  return list ? { name, kind: "list", nullable, item_kind: kind } : { name, kind, nullable };
}

/** The files of stored queries in a folder, by name. Errors: `file_unreadable`. */
export async function queryFiles(folder: string): Promise<readonly QueryFile[]> {
  const names = await orUnreadable(folder, readdir(folder));
  const files = names.filter((name) => name.endsWith(".gq")).toSorted();
  return textsOf(files.map((name) => join(folder, name)));
}
