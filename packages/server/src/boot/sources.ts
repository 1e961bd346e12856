import { isGraphId, OmnigraphError } from "@omnigraph/base";
import type { PolicySource } from "@omnigraph/policy";
import { textsOf } from "./files.ts";
import { type QueryFile, queryFiles } from "./stored-queries.ts";

/** A graph that a server is to serve. */
export interface GraphSource {
  readonly id: string;
  readonly uri: string;
  /** None: there is no policy. */
  readonly policies: readonly PolicySource[];
  readonly queries: readonly QueryFile[];
  /** Whether a cluster has its schema, so that no call may give it another. */
  readonly isManaged: boolean;
  /** Digest of the schema that a cluster gave it; the stored queries are read again with another one. */
  readonly schema: string | null;
}

/** What a server is to serve. */
export interface ServerSource {
  /** The deployment of a cluster; null where there is none. */
  readonly id: string | null;
  readonly graphs: readonly GraphSource[];
  /** About the server as a whole. None: there is no policy. */
  readonly policies: readonly PolicySource[];
}

/** What the flags of `omnigraph serve` name. A policy or queries of no graph are those of every graph. */
export interface ServeFlags {
  readonly graphs: readonly { readonly id: string; readonly uri: string }[];
  readonly policies: readonly { readonly graph: string | null; readonly file: string }[];
  readonly serverPolicies: readonly string[];
  readonly queries: readonly { readonly graph: string | null; readonly folder: string }[];
}

/** Reads what flags name. Errors: `usage`, `file_unreadable`. */
export async function sourceOfFlags(flags: ServeFlags): Promise<ServerSource> {
  const ids = new Set<string>();
  for (const { id } of flags.graphs) {
    if (!isGraphId(id) || ids.has(id))
      throw new OmnigraphError(
        "usage",
        ids.has(id)
          ? `graph ${id} is named twice`
          : `${JSON.stringify(id)} cannot name a graph; use letters, digits, _ and -, and at most 64 of them`,
      );
    ids.add(id);
  }
  for (const { graph } of [...flags.policies, ...flags.queries])
    if (graph !== null && !ids.has(graph)) throw new OmnigraphError("usage", `no graph ${graph} is served`);
  const graphs: GraphSource[] = [];
  for (const { id, uri } of flags.graphs) {
    const isOf = ({ graph }: { readonly graph: string | null }): boolean => graph === null || graph === id;
    const queries: QueryFile[] = [];
    for (const { folder } of flags.queries.filter(isOf)) queries.push(...(await queryFiles(folder)));
    const policies = await textsOf(flags.policies.filter(isOf).map(({ file }) => file));
    graphs.push({ id, uri, policies, queries, isManaged: false, schema: null });
  }
  return { id: null, graphs, policies: await textsOf(flags.serverPolicies) };
}
