import { isError } from "@omnigraph/base";
import { Policy } from "@omnigraph/policy";
import type { ClusterDiagnosticJson } from "@omnigraph/wire";
import { addressOf } from "../addresses.ts";
import { digestOf } from "../digest.ts";
import { type Cluster, type ClusterPolicy, WHOLE } from "./description.ts";
import { problem, readText } from "./files.ts";
import type { Resource } from "./resources.ts";

/** What the folder has of policies. */
export interface DesiredPolicies {
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly ClusterDiagnosticJson[];
  /** Contents of the files, by digest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads the policies of a cluster, and compiles them as a server does: those of each graph together. */
export async function readPolicies({ policies }: Cluster): Promise<DesiredPolicies> {
  const resources: Resource[] = [];
  const diagnostics: ClusterDiagnosticJson[] = [];
  const texts = new Map<string, string>();
  const sources = new Map<string, { readonly path: string; readonly text: string }>();
  for (const policy of policies) {
    const read = await readText(policy.file);
    const digest = read.text === null ? null : digestOf(read.text);
    if (read.text === null)
      diagnostics.push(
        problem(read.isMissing ? "policy_file_missing" : "file_unreadable", policy.file, read.why),
      );
    else {
      texts.set(digestOf(read.text), read.text);
      sources.set(policy.name, { path: policy.file, text: read.text });
    }
    const address = addressOf.policy(policy.name);
    resources.push({ address, kind: "policy", digest, path: policy.file, appliesTo: appliesTo(policy) });
  }
  const wrong = new Map<string, ClusterDiagnosticJson>();
  for (const names of together(policies)) {
    const found = names.flatMap((name) => sources.get(name) ?? []);
    try {
      // Compiling is the check.
      if (found.length > 0) void new Policy(found);
    } catch (thrown) {
      if (!isError(thrown, "policy_invalid")) throw thrown;
      const path = found.map((source) => source.path).join(", ");
      // A file that is wrong is so in every set that has it.
      if (!wrong.has(thrown.message))
        wrong.set(thrown.message, problem("policy_invalid", path, thrown.message));
    }
  }
  return { resources, diagnostics: [...diagnostics, ...wrong.values()], texts };
}

function appliesTo({ graphs, server }: ClusterPolicy): readonly string[] {
  const named = [...new Set(graphs)].toSorted().map(addressOf.graph);
  return server ? [WHOLE, ...named] : named;
}

/** The policies that count together: each alone, those of each graph, those of the server. */
function together(policies: readonly ClusterPolicy[]): readonly (readonly string[])[] {
  const graphs = new Set(policies.flatMap((policy) => policy.graphs));
  const sets = [
    ...policies.map(({ name }) => [name]),
    policies.filter(({ server }) => server).map(({ name }) => name),
    ...[...graphs].map((id) => policies.filter((policy) => policy.graphs.includes(id)).map((p) => p.name)),
  ];
  return [...new Map(sets.map((names) => [JSON.stringify(names), names])).values()];
}
