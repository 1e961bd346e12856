import { OmnigraphError } from "@omnigraph/base";
import type { Command } from "commander";
import { CLUSTER_FILE, readCluster } from "@omnigraph/cluster/description";
import { join } from "node:path";
import type { Context } from "./context.ts";
import { readInput } from "./files.ts";

/** Where a policy is: a graph of a cluster, or the cluster itself. */
export interface PolicyPlace {
  readonly cluster?: string;
  readonly graph?: string;
}

/** The arguments and options of commands about a policy. */
export function withPolicy(command: Command): Command {
  return command
    .argument("[files...]", "files of the policy: bundles (.yaml) and policies in Cedar (.cedar)")
    .option("--cluster <folder>", "the cluster whose policies count")
    .option("--graph <id>", "the graph of the cluster; without it, the server as a whole");
}

/** The files of a policy: those named, or those that the description of a cluster names. Errors: `usage`, `cluster_invalid`, `file_unreadable`. */
export async function policyFiles(
  context: Context,
  files: readonly string[],
  { cluster, graph }: PolicyPlace,
): Promise<readonly string[]> {
  if (cluster === undefined) return files;
  if (files.length > 0)
    throw new OmnigraphError("usage", "the policy is named twice: by its files, and by --cluster; give one");
  const text = await readInput(context, join(cluster, CLUSTER_FILE), "description of the cluster");
  const { graphs, policies } = readCluster(cluster, text);
  if (graph !== undefined && !graphs.some(({ id }) => id === graph))
    throw new OmnigraphError(
      "usage",
      `the cluster has no graph ${graph}: ${graphs.map(({ id }) => id).join(", ")}`,
    );
  return policies
    .filter((policy) => (graph === undefined ? policy.server : policy.graphs.includes(graph)))
    .map(({ file }) => file);
}
