import { OmnigraphError } from "@omnigraph/base";

/** An edge of the model. */
export interface ModelEdge {
  readonly src: string;
  readonly dst: string;
}

/** The naive truth: a whole graph of numbered nodes and plain edges. Never changed in place. */
export interface GraphState {
  readonly nodes: ReadonlyMap<string, number>;
  readonly edges: ReadonlyMap<string, ModelEdge>;
}

export const EMPTY_GRAPH: GraphState = { nodes: new Map(), edges: new Map() };

/** What a client asks for. */
export type Request =
  /** Writes a node whether it is there or not. */
  | { readonly kind: "set"; readonly key: string; readonly value: number }
  /** Reads nodes and writes the sum of each and `by`; does nothing unless all are there. */
  | { readonly kind: "add"; readonly keys: readonly string[]; readonly by: number; readonly again: boolean }
  /** Fails where the node is there. */
  | { readonly kind: "insert"; readonly key: string; readonly value: number }
  /** Fails unless both ends are there. */
  | { readonly kind: "connect"; readonly edge: string; readonly src: string; readonly dst: string }
  /** Deletes a node and its edges. */
  | { readonly kind: "remove"; readonly key: string }
  /** Staged: writes nodes. */
  | { readonly kind: "merge"; readonly entries: readonly (readonly [string, number])[] }
  /** Staged: drops every node and edge, then writes nodes. */
  | { readonly kind: "overwrite"; readonly entries: readonly (readonly [string, number])[] };

/** The graph after a request; null when it does nothing. Throws what a client would be told. */
export function applied(state: GraphState, request: Request): GraphState | null {
  const nodes = new Map(state.nodes);
  const edges = new Map(state.edges);
  switch (request.kind) {
    case "set":
      nodes.set(request.key, request.value);
      break;
    case "add":
      if (request.keys.some((key) => !nodes.has(key))) return null;
      for (const key of request.keys) nodes.set(key, (nodes.get(key) ?? 0) + request.by);
      break;
    case "insert":
      if (nodes.has(request.key)) throw new OmnigraphError("key_conflict", `node ${request.key} exists`);
      nodes.set(request.key, request.value);
      break;
    case "connect":
      if (!nodes.has(request.src) || !nodes.has(request.dst)) {
        throw new OmnigraphError("endpoint_missing", `edge ${request.edge} lacks an end`);
      }
      edges.set(request.edge, { src: request.src, dst: request.dst });
      break;
    case "remove":
      if (!nodes.delete(request.key)) return null;
      for (const [id, { src, dst }] of edges)
        if (src === request.key || dst === request.key) edges.delete(id);
      break;
    case "overwrite":
      nodes.clear();
      edges.clear();
      for (const [key, value] of request.entries) nodes.set(key, value);
      break;
    case "merge":
      for (const [key, value] of request.entries) nodes.set(key, value);
      break;
  }
  return { nodes, edges };
}

/** Equal texts for equal graphs. */
export function fingerprint({ nodes, edges }: GraphState): string {
  const sorted = [...nodes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const links = [...edges].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, links.map(([id, { src, dst }]) => [id, src, dst])]);
}

/** The first dangling edge, or null. */
export function dangling({ nodes, edges }: GraphState): string | null {
  for (const [id, { src, dst }] of edges) if (!nodes.has(src) || !nodes.has(dst)) return id;
  return null;
}
