import { given, isError } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { type ClusterMigrationJson, schemaPlanJson } from "@omnigraph/wire";
import type { SchemaFile } from "./desired/graphs.ts";
import { digestOf } from "./digest.ts";
import type { Surroundings } from "./surroundings.ts";

/** The object that makes a root a graph: it is put last, and goes first. */
const MARK = "format.json";

/** A graph as it is now. */
export interface FoundGraph {
  readonly schemaDigest: string;
  /** Depth of the newest commit of main. */
  readonly depth: number;
}

/** Looks at a graph; null where none is. Errors: those of opening it. */
export async function lookAt(uri: string): Promise<FoundGraph | null> {
  return withGraph(uri, async (graph) => {
    const [schema, { depth }] = await Promise.all([graph.schema.show(), graph.commits.show("main")]);
    return { schemaDigest: digestOf(schema), depth };
  });
}

/** What giving a graph a schema would change; null where there is no graph, so that it would be made. */
export async function migrationOf(
  uri: string,
  { path, text }: SchemaFile,
): Promise<ClusterMigrationJson | null> {
  return withGraph(uri, async (graph) => {
    const { supported, steps } = schemaPlanJson(await graph.schema.plan(text, { file: path }), uri);
    return { supported, steps };
  });
}

/** Makes a graph, or gives the one that is there the schema. Doing it again does nothing. */
export async function bring(uri: string, { path, text }: SchemaFile, actor: string | null): Promise<void> {
  const author = given({ actor: actor ?? undefined });
  try {
    await using _made = await Omnigraph.init(uri, { schema: text, schemaFile: path, ...author });
    return;
  } catch (thrown) {
    if (!isError(thrown, "graph_exists")) throw thrown;
  }
  await using graph = await Omnigraph.open(uri, { maintenance: "off" });
  await graph.schema.apply(text, { file: path, message: "cluster apply", ...author });
}

/** Removes a graph, or what is left of it. `onStep` is told when it is no graph any more. */
export async function removeGraph(
  uri: string,
  { environment, s3 }: Surroundings,
  onStep: (step: string) => void | Promise<void>,
): Promise<void> {
  const backend = await openBackend(uri, environment, { writable: true, s3 });
  try {
    await backend.objects.delete(MARK);
    await onStep(`unmade ${uri}`);
    await backend.removeAll();
  } finally {
    await backend.objects.close();
  }
}

async function withGraph<T>(uri: string, look: (graph: Omnigraph) => Promise<T>): Promise<T | null> {
  let graph: Omnigraph;
  try {
    graph = await Omnigraph.open(uri, { readOnly: true });
  } catch (thrown) {
    if (isError(thrown, "graph_not_found")) return null;
    throw thrown;
  }
  try {
    return await look(graph);
  } finally {
    await graph.close();
  }
}
