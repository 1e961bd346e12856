/** The kinds of resources of a cluster. */
export type ResourceKind = "graph" | "schema" | "query" | "policy";

/** The name of a resource: `graph.team`, `schema.team`, `query.team.people`, `policy.team`. */
export const addressOf = {
  graph: (id: string): string => `graph.${id}`,
  schema: (id: string): string => `schema.${id}`,
  query: (graph: string, name: string): string => `query.${graph}.${name}`,
  policy: (name: string): string => `policy.${name}`,
};

/** The kind of a resource, and the graph that it is of; null for a policy. */
export function parsedAddress(address: string): {
  readonly kind: ResourceKind;
  readonly graph: string | null;
} {
  // Ids of graphs have no dots.
  const [kind = "", graph = ""] = address.split(".", 2);
  switch (kind) {
    case "graph":
    case "schema":
    case "query":
      return { kind, graph };
    default:
      return { kind: "policy", graph: null };
  }
}
