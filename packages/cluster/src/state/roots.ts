import type { ClusterStateJson } from "@omnigraph/wire";

/** Where the root of a graph is. No root is used again after a deletion, so that nobody who is late can delete what came after. */
export function graphUri(storage: string, id: string, incarnation: number): string {
  return `${storage}/graphs/${id}${incarnation === 1 ? "" : `.${incarnation}`}.omni`;
}

/** The number of the root that a graph has, or will have when it is made. */
export function incarnationOf({ incarnations }: ClusterStateJson, id: string): number {
  return incarnations[id] ?? 1;
}
