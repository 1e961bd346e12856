import type { ClusterDependencyJson } from "@omnigraph/wire";
import { addressOf, parsedAddress, type ResourceKind } from "../addresses.ts";
import { WHOLE } from "./description.ts";

/** A resource that the folder of a cluster describes. */
export interface Resource {
  readonly address: string;
  readonly kind: ResourceKind;
  /** Null where its file cannot be read. */
  readonly digest: string | null;
  /** Its file; null for a graph. */
  readonly path: string | null;
  /** Of a policy: addresses of graphs, and `cluster`. */
  readonly appliesTo: readonly string[] | null;
}

/** In the order of their addresses. */
export function inOrder<T extends { readonly address: string }>(resources: readonly T[]): readonly T[] {
  return resources.toSorted((a, b) => compare(a.address, b.address));
}

/** What needs what: a schema and a query their graph, a query its schema too, a policy the graphs that it is for. */
export function dependenciesOf(resources: readonly Resource[]): readonly ClusterDependencyJson[] {
  const found = resources.flatMap((resource): readonly ClusterDependencyJson[] => {
    const from = resource.address;
    const { kind, graph } = parsedAddress(from);
    if (kind === "graph") return [];
    if (graph === null)
      return (resource.appliesTo ?? []).filter((to) => to !== WHOLE).map((to) => ({ from, to }));
    const own = { from, to: addressOf.graph(graph) };
    return kind === "query" ? [own, { from, to: addressOf.schema(graph) }] : [own];
  });
  return found.toSorted((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
