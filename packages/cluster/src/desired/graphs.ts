import {
  type Catalog,
  checkSchema,
  compileQueries,
  type Diagnostic,
  formatDiagnostic,
} from "@omnigraph/language";
import type { ClusterDiagnosticJson } from "@omnigraph/wire";
import { addressOf } from "../addresses.ts";
import { digestOf, graphDigest } from "../digest.ts";
import type { ClusterGraph } from "./description.ts";
import { problem, queryPaths, readText } from "./files.ts";
import type { Resource } from "./resources.ts";

/** A schema file. */
export interface SchemaFile {
  readonly path: string;
  readonly text: string;
}

/** What the folder has of one graph. */
export interface DesiredGraph {
  readonly id: string;
  /** Null where its file is missing or wrong. */
  readonly schema: SchemaFile | null;
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly ClusterDiagnosticJson[];
  /** Contents of its query files, by digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads the schema and the queries of a graph, and checks them. */
export async function readDesiredGraph(graph: ClusterGraph): Promise<DesiredGraph> {
  const { id } = graph;
  const { file, digest, catalog, diagnostics } = await readSchema(graph);
  const queries = await readQueries(graph, catalog);
  const named = queries.resources.flatMap((query): readonly (readonly [string, string])[] =>
    query.digest === null ? [] : [[query.address, query.digest]],
  );
  const graphResource: Resource = {
    address: addressOf.graph(id),
    kind: "graph",
    digest: digest === null ? null : graphDigest(id, digest, named, graph.embeddings),
    path: null,
    appliesTo: null,
  };
  const schema: Resource = {
    address: addressOf.schema(id),
    kind: "schema",
    digest,
    path: graph.schema,
    appliesTo: null,
  };
  return {
    id,
    schema: file,
    resources: [graphResource, schema, ...queries.resources],
    diagnostics: [...diagnostics, ...queries.diagnostics],
    texts: queries.texts,
  };
}

interface ReadSchema {
  readonly file: SchemaFile | null;
  readonly digest: string | null;
  readonly catalog: Catalog | null;
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

async function readSchema({ schema: path }: ClusterGraph): Promise<ReadSchema> {
  const read = await readText(path);
  if (read.text === null) {
    const code = read.isMissing ? "schema_file_missing" : "file_unreadable";
    return { file: null, digest: null, catalog: null, diagnostics: [problem(code, path, read.why)] };
  }
  const { text } = read;
  const { catalog, diagnostics } = checkSchema({ file: path, text });
  const errors = diagnostics.filter(isWrong).map(formatDiagnostic);
  const wrong = errors.length === 0 ? [] : [problem("schema_invalid", path, errors.join("\n"))];
  return { file: { path, text }, digest: digestOf(text), catalog, diagnostics: wrong };
}

type ReadQueries = Pick<DesiredGraph, "resources" | "diagnostics" | "texts">;

/** The queries of a graph; without a catalog, those whose names can be told. */
async function readQueries(graph: ClusterGraph, catalog: Catalog | null): Promise<ReadQueries> {
  if (graph.queries === null) return { resources: [], diagnostics: [], texts: new Map() };
  const { paths, ...failed } = await queryPaths(graph.queries);
  if (paths === null) {
    const why = "why" in failed ? failed.why : "";
    return {
      resources: [],
      diagnostics: [problem("query_folder_missing", graph.queries, why)],
      texts: new Map(),
    };
  }
  const resources = new Map<string, Resource>();
  const diagnostics: ClusterDiagnosticJson[] = [];
  const texts = new Map<string, string>();
  for (const path of paths) {
    const read = await readText(path);
    if (read.text === null) {
      diagnostics.push(problem("file_unreadable", path, read.why));
      continue;
    }
    const digest = digestOf(read.text);
    texts.set(digest, read.text);
    const found = queriesIn({ path, text: read.text }, catalog);
    diagnostics.push(...found.diagnostics);
    for (const name of found.names) {
      const address = addressOf.query(graph.id, name);
      if (resources.has(address))
        diagnostics.push(problem("duplicate_query_name", path, `query ${name} is in another file too`));
      resources.set(address, { address, kind: "query", digest, path, appliesTo: null });
    }
  }
  return { resources: [...resources.values()], diagnostics, texts };
}

/** A schema with nothing in it: against it the names of queries can be told, and nothing else. */
const NOTHING = checkSchema({ file: "", text: "" }).catalog;

function queriesIn(
  { path, text }: SchemaFile,
  catalog: Catalog | null,
): { readonly names: readonly string[]; readonly diagnostics: readonly ClusterDiagnosticJson[] } {
  const against = catalog ?? NOTHING;
  if (against === null) return { names: [], diagnostics: [] };
  const { queries, diagnostics } = compileQueries({ file: path, text }, against);
  const told = (code: string, found: readonly Diagnostic[]): readonly ClusterDiagnosticJson[] => {
    const errors = found.filter(isWrong).map(formatDiagnostic);
    return errors.length === 0 ? [] : [problem(code, path, errors.join("\n"))];
  };
  const typed =
    catalog === null ? [] : queries.flatMap((query) => told("query_typecheck_error", query.diagnostics));
  return {
    names: queries.map(({ name }) => name),
    diagnostics: [...told("query_parse_error", diagnostics), ...typed],
  };
}

function isWrong({ severity }: Diagnostic): boolean {
  return severity === "error";
}
