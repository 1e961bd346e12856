import { isError } from "@omnigraph/base";
import type { ClusterDependencyJson, ClusterDiagnosticJson } from "@omnigraph/wire";
import { join } from "node:path";
import { digestOf } from "../digest.ts";
import { type Cluster, CLUSTER_FILE, describedIn, isKnownVersion } from "./description.ts";
import { problem, readText } from "./files.ts";
import { readDesiredGraph, type SchemaFile } from "./graphs.ts";
import { readPolicies } from "./policies.ts";
import { dependenciesOf, inOrder, type Resource } from "./resources.ts";

/** What the folder of a cluster describes, checked as far as the folder alone can tell. */
export interface Desired {
  readonly folder: string;
  /** Null where the description cannot be understood. */
  readonly cluster: Cluster | null;
  /** In the order of their addresses. */
  readonly resources: readonly Resource[];
  readonly dependencies: readonly ClusterDependencyJson[];
  readonly diagnostics: readonly ClusterDiagnosticJson[];
  /** By graph. */
  readonly schemas: ReadonlyMap<string, SchemaFile>;
  /** Contents of query and policy files, by digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What a folder describes without an error. */
export interface SoundDesired extends Desired {
  readonly cluster: Cluster;
  readonly configDigest: string;
}

/** Reads the folder of a cluster. What is wrong is told, not thrown. */
export async function readDesired(folder: string): Promise<Desired> {
  const read = await readText(join(folder, CLUSTER_FILE));
  if (read.text === null) {
    const code = read.isMissing ? "cluster_config_missing" : "file_unreadable";
    return nothing(folder, problem(code, CLUSTER_FILE, read.why));
  }
  let described;
  try {
    if (!isKnownVersion(folder, read.text))
      return nothing(folder, problem("unsupported_cluster_config_version", "version", "version must be 1"));
    described = describedIn(folder, read.text);
  } catch (thrown) {
    if (!isError(thrown, "cluster_invalid")) throw thrown;
    return nothing(folder, problem("invalid_cluster_yaml", CLUSTER_FILE, thrown.message));
  }
  const { cluster, dangling } = described;
  const graphs = await Promise.all(cluster.graphs.map(readDesiredGraph));
  const policies = await readPolicies(cluster);
  const resources = inOrder([...graphs.flatMap((graph) => graph.resources), ...policies.resources]);
  const errors = [
    ...dangling.map(({ member, error }) => problem(codeOf(member), member, error.message)),
    ...graphs.flatMap((graph) => graph.diagnostics),
    ...policies.diagnostics,
  ];
  return {
    folder,
    cluster,
    resources,
    dependencies: dependenciesOf(resources),
    diagnostics: errors,
    schemas: new Map(graphs.flatMap(({ id, schema }) => (schema === null ? [] : [[id, schema] as const]))),
    texts: new Map([...graphs, policies].flatMap((each) => [...each.texts])),
  };
}

/** The same, if nothing is wrong with it. */
export function sound(desired: Desired): SoundDesired | null {
  const { cluster, resources, diagnostics } = desired;
  if (cluster === null || diagnostics.length > 0) return null;
  const content = resources.map(({ address, digest, appliesTo }) => [address, digest, appliesTo]);
  return { ...desired, cluster, configDigest: digestOf(JSON.stringify(content)) };
}

function codeOf(member: string): string {
  return member.startsWith("policies.") ? "dangling_graph_reference" : "dangling_provider_reference";
}

function nothing(folder: string, error: ClusterDiagnosticJson): Desired {
  return {
    folder,
    cluster: null,
    resources: [],
    dependencies: [],
    diagnostics: [error],
    schemas: new Map(),
    texts: new Map(),
  };
}
