import { OmnigraphError } from "@omnigraph/base";
import { parseYaml, type YamlRefusal, type YamlValue } from "@omnigraph/base/yaml";
import { isAbsolute, join } from "node:path";

/** A graph of a cluster. Paths lead on from the folder of the cluster. */
export interface ClusterGraph {
  readonly id: string;
  /** File of its schema. */
  readonly schema: string;
  /** Folder of its stored queries. */
  readonly queries: string | null;
  /** Where its data is. */
  readonly uri: string;
}

/** A policy of a cluster. */
export interface ClusterPolicy {
  readonly name: string;
  readonly file: string;
  /** Ids of graphs. */
  readonly graphs: readonly string[];
  /** Whether it is about the server as a whole too. */
  readonly server: boolean;
}

/** What a folder describes as a cluster. */
export interface Cluster {
  readonly name: string;
  readonly graphs: readonly ClusterGraph[];
  readonly policies: readonly ClusterPolicy[];
}

/** The file of a cluster's folder that describes it. */
export const CLUSTER_FILE = "cluster.yaml";

const VERSION = 1;
/** The word that stands for the server as a whole. */
const WHOLE = "cluster";
const GRAPH_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether a text can name a graph of a server: it is a part of a path. */
export function isGraphId(text: string): boolean {
  return GRAPH_ID.test(text);
}

/** Reads the text of a folder's `cluster.yaml`. Errors: `cluster_invalid`, with the place. */
export function readCluster(folder: string, text: string): Cluster {
  const root = parseYaml(join(folder, CLUSTER_FILE), text, refusal);
  const members = root.members([
    "version",
    "metadata",
    "state",
    "storage",
    "graphs",
    "policies",
    "providers",
  ]);
  root.checkVersion(VERSION);
  const metadata = members.get("metadata")?.members(["name"]);
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const storage = storageOf(members.get("storage"), at) ?? folder;
  const graphs = [...(members.get("graphs")?.members() ?? [])].map(([id, value]) =>
    readGraph(id, value, storage, at),
  );
  const ids = new Set(graphs.map(({ id }) => id));
  const policies = [...(members.get("policies")?.members() ?? [])].map(([name, value]) =>
    readPolicy(name, value, ids, at),
  );
  return { name: metadata?.get("name")?.text() ?? folder, graphs, policies };
}

function storageOf(value: YamlValue | undefined, at: (path: string) => string): string | null {
  if (value === undefined) return null;
  const uri = value.text();
  return /^[a-z0-9]+:\/\//i.test(uri) ? uri : at(uri);
}

function readGraph(
  id: string,
  value: YamlValue,
  storage: string,
  at: (path: string) => string,
): ClusterGraph {
  if (!isGraphId(id))
    throw value.refused(`${id} cannot name a graph; use letters, digits, _ and -, and at most 64 of them`);
  const members = value.members(["schema", "queries", "embedding_provider", "external_blobs"]);
  const queries = members.get("queries")?.text();
  return {
    id,
    schema: at(value.required("schema").text()),
    queries: queries === undefined ? null : at(queries),
    uri: `${storage.replace(/\/+$/u, "")}/graphs/${id}.omni`,
  };
}

function readPolicy(
  name: string,
  value: YamlValue,
  ids: ReadonlySet<string>,
  at: (path: string) => string,
): ClusterPolicy {
  value.members(["file", "applies_to"]);
  const applied = value.required("applies_to").items();
  for (const graph of applied)
    if (graph.text() !== WHOLE && !ids.has(graph.text()))
      throw graph.refused(`policy ${name} applies to ${graph.text()}, which is no graph of the cluster`);
  const names = applied.map((graph) => graph.text());
  return {
    name,
    file: at(value.required("file").text()),
    graphs: names.filter((graph) => graph !== WHOLE),
    server: names.includes(WHOLE),
  };
}

const refusal: YamlRefusal = (problem, { path, line, column }) =>
  new OmnigraphError("cluster_invalid", problem, { details: { path, line, column } });
