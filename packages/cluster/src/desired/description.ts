import { isGraphId, OmnigraphError } from "@omnigraph/base";
import { parseYaml, type YamlRefusal, type YamlValue } from "@omnigraph/base/yaml";
import { isAbsolute, join } from "node:path";

/** A graph of a cluster. Paths lead on from the folder of the cluster. */
export interface ClusterGraph {
  readonly id: string;
  /** File of its schema. */
  readonly schema: string;
  /** Folder of its stored queries. */
  readonly queries: string | null;
  /** The provider that makes its embeddings. */
  readonly embeddings: string | null;
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
  /** Where its graphs and its state are: a folder, or another address. */
  readonly storage: string;
  readonly graphs: readonly ClusterGraph[];
  readonly policies: readonly ClusterPolicy[];
}

/** The description of a cluster, with what it refers to and does not have. */
export interface Described {
  readonly cluster: Cluster;
  /** References to nothing, each with the member that it is in and an error that has its place. */
  readonly dangling: readonly { readonly member: string; readonly error: OmnigraphError }[];
}

/** The file of a cluster's folder that describes it. */
export const CLUSTER_FILE = "cluster.yaml";

const VERSION = 1;
/** The word that stands for the server as a whole. */
export const WHOLE = "cluster";

/** Whether an address is that of a store, and not of a folder. */
export function isUri(text: string): boolean {
  return /^[a-z0-9]+:\/\//i.test(text);
}

/** Reads the text of a folder's `cluster.yaml`. Errors: `cluster_invalid`, with the place. */
export function readCluster(folder: string, text: string): Cluster {
  const { cluster, dangling } = describedIn(folder, text);
  const [first] = dangling;
  if (first !== undefined) throw first.error;
  return cluster;
}

/** Whether the text asks for a version of the description that is known; true also where it says none. */
export function isKnownVersion(folder: string, text: string): boolean {
  const version = parseYaml(join(folder, CLUSTER_FILE), text, refusal).members().get("version");
  return version === undefined || version.number() === VERSION;
}

/** As `readCluster`, for a caller who tells all references to nothing. Errors: `cluster_invalid`, for everything else. */
export function describedIn(folder: string, text: string): Described {
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
  const providers = members.get("providers")?.members(["embedding"]).get("embedding")?.members();
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const dangling: { readonly member: string; readonly error: OmnigraphError }[] = [];
  const refer = (value: YamlValue, isThere: boolean, problem: string): boolean => {
    if (!isThere) dangling.push({ member: value.name, error: value.refused(problem) });
    return isThere;
  };
  const graphs = [...(members.get("graphs")?.members() ?? [])].map(([id, value]) =>
    readGraph(id, value, at, (name) =>
      refer(name, providers?.has(name.text()) === true, `there is no provider ${name.text()} of embeddings`),
    ),
  );
  const ids = new Set(graphs.map(({ id }) => id));
  const policies = [...(members.get("policies")?.members() ?? [])].map(([name, value]) =>
    readPolicy(name, value, at, (graph) =>
      refer(
        graph,
        graph.text() === WHOLE || ids.has(graph.text()),
        `policy ${name} applies to ${graph.text()}, which is no graph of the cluster`,
      ),
    ),
  );
  const name = metadata?.get("name")?.text() ?? folder;
  const storage = storageOf(members.get("storage"), at) ?? folder;
  return { cluster: { name, storage, graphs, policies }, dangling };
}

/** Notes a reference to nothing; answers whether it is to something. */
type Refer = (value: YamlValue) => boolean;

function storageOf(value: YamlValue | undefined, at: (path: string) => string): string | null {
  if (value === undefined) return null;
  const uri = value.text();
  return isUri(uri) ? uri.replace(/\/+$/u, "") : at(uri).replace(/(?<=.)\/+$/u, "");
}

function readGraph(id: string, value: YamlValue, at: (path: string) => string, refer: Refer): ClusterGraph {
  if (!isGraphId(id))
    throw value.refused(`${id} cannot name a graph; use letters, digits, _ and -, and at most 64 of them`);
  const members = value.members(["schema", "queries", "embedding_provider", "external_blobs"]);
  const queries = members.get("queries")?.text();
  const provider = members.get("embedding_provider");
  if (provider !== undefined) refer(provider);
  return {
    id,
    schema: at(value.required("schema").text()),
    queries: queries === undefined ? null : at(queries),
    embeddings: provider?.text() ?? null,
  };
}

function readPolicy(
  name: string,
  value: YamlValue,
  at: (path: string) => string,
  refer: Refer,
): ClusterPolicy {
  value.members(["file", "applies_to"]);
  const names = value
    .required("applies_to")
    .items()
    .filter(refer)
    .map((graph) => graph.text());
  return {
    name,
    file: at(value.required("file").text()),
    graphs: names.filter((graph) => graph !== WHOLE),
    server: names.includes(WHOLE),
  };
}

const refusal: YamlRefusal = (problem, { path, line, column }) =>
  new OmnigraphError("cluster_invalid", problem, { details: { path, line, column } });
