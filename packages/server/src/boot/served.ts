import { NOTHING, type OnDecision, Policy } from "@omnigraph/policy";
import { type Caller, ServedGraph } from "./served-graph.ts";
import type { ServerSource } from "./sources.ts";
import type { Tokens } from "./tokens.ts";

/** What a server says of itself. */
export interface Release {
  /** Version of the software. */
  readonly version: string;
  /** Version of the format on disk. */
  readonly format: number;
}

/** All that a server serves. */
export class Served {
  readonly release: Release;
  readonly graphs: ReadonlyMap<string, ServedGraph>;
  readonly #policy: Policy | null;
  readonly #onDecision: OnDecision;
  #tokens: Tokens | null;
  #isStopping = false;

  /** Compiles all policies. Errors: `policy_invalid`. */
  constructor(
    source: ServerSource,
    tokens: Tokens | null,
    release: Release,
    events: {
      readonly onDecision: OnDecision;
      readonly onFailure: (graph: string, error: unknown) => void;
    },
  ) {
    this.release = release;
    this.#tokens = tokens;
    this.#onDecision = events.onDecision;
    this.#policy = source.policies.length === 0 ? null : new Policy(source.policies);
    const graphs = source.graphs.map(
      (graph) => [graph.id, new ServedGraph(graph, events.onDecision, events.onFailure)] as const,
    );
    this.graphs = new Map(graphs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Null: nobody is asked who they are. */
  get tokens(): Tokens | null {
    return this.#tokens;
  }

  /** From now on these tokens count and no others. A server that asks nobody goes on asking nobody. */
  renew(tokens: Tokens): void {
    if (this.#tokens !== null) this.#tokens = tokens;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** From now on no call is accepted. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Whether a caller may list the graphs. */
  allowsList(caller: Caller): boolean {
    if (caller === null) return true;
    if (this.#policy === null) return false;
    const request = { ...NOTHING, action: "graph_list", actor: caller.actor } as const;
    const decision = this.#policy.decide(request);
    this.#onDecision(request, decision);
    return decision.isAllowed;
  }
}
