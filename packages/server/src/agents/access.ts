import type { GraphAccess, Told } from "@omnigraph/mcp";
import type { Caller, ServedGraph } from "../boot/served-graph.ts";

/** How an agent comes to a graph. */
export interface AgentEntry {
  readonly caller: Caller;
  /** How answers name the graph. */
  readonly address: string;
  readonly branch: string;
  readonly isReadOnly: boolean;
  admit(): () => void;
  told(thrown: unknown): Told;
}

/** A graph as an agent uses it: through the gate and the policy that every other call goes through. */
export function accessOf(graph: ServedGraph, entry: AgentEntry): GraphAccess {
  const { caller, address, branch, isReadOnly } = entry;
  return {
    address,
    actor: caller?.actor ?? null,
    branch,
    isReadOnly,
    graph: () => graph.as(caller),
    stored: (query) => graph.asStored(caller, query),
    queries: () => graph.runnable(caller),
    admit: () => entry.admit(),
    told: (thrown) => entry.told(thrown),
  };
}
