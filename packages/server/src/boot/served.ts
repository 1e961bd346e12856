import { AgentCalls } from "@omnigraph/mcp";
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

/** What is told of what happens while graphs are served. */
export interface ServedEvents {
  readonly onDecision: OnDecision;
  /** Why a graph cannot be opened, or closed. */
  readonly onFailure: (graph: string, error: unknown) => void;
}

/** All that a server serves. */
export class Served {
  readonly release: Release;
  /** The calls of agents. */
  readonly agents: AgentCalls;
  readonly #events: ServedEvents;
  readonly #stopping = new AbortController();
  #graphs: ReadonlyMap<string, ServedGraph>;
  #policy: Policy | null;
  #deployment: string | null;
  #tokens: Tokens | null;
  /** Whether files that changed cannot be understood, so that what they said before counts. */
  isStale = false;

  /** Compiles all policies. Errors: `policy_invalid`. */
  constructor(source: ServerSource, tokens: Tokens | null, release: Release, events: ServedEvents) {
    this.release = release;
    this.agents = new AgentCalls(release.version);
    this.#tokens = tokens;
    this.#events = events;
    this.#policy = policyOf(source);
    this.#deployment = source.id;
    this.#graphs = byId(
      source.graphs.map((graph) => new ServedGraph(graph, events.onDecision, events.onFailure)),
    );
  }

  get graphs(): ReadonlyMap<string, ServedGraph> {
    return this.#graphs;
  }

  /** The deployment of the cluster that is served; null where there is none. */
  get deployment(): string | null {
    return this.#deployment;
  }

  /** Null: nobody is asked who they are. */
  get tokens(): Tokens | null {
    return this.#tokens;
  }

  /**
   * From now on these graphs, policies, queries and tokens count and no others; a server that asks nobody who they are goes on asking nobody. Graphs that are not
   * served any more are closed once their calls have ended. Errors: `policy_invalid`, `query_invalid`; then everything stays.
   */
  async replace(source: ServerSource, tokens: Tokens | null): Promise<void> {
    const policy = policyOf(source);
    const { onDecision, onFailure } = this.#events;
    const served: ServedGraph[] = [];
    const changes: (() => void)[] = [];
    for (const each of source.graphs) {
      const there = this.#graphs.get(each.id);
      const change = (await there?.prepared(each)) ?? null;
      if (there === undefined || change === null) served.push(new ServedGraph(each, onDecision, onFailure));
      else {
        served.push(there);
        changes.push(change);
      }
    }
    const gone = [...this.#graphs.values()].filter((graph) => !served.includes(graph));
    for (const change of changes) change();
    this.#policy = policy;
    this.#deployment = source.id;
    this.#graphs = byId(served);
    if (this.#tokens !== null && tokens !== null) this.#tokens = tokens;
    for (const graph of gone) graph.close(false).catch((thrown: unknown) => onFailure(graph.id, thrown));
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Aborts when the server stops: for what would never end by itself. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** From now on no call is accepted. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Whether a caller may list the graphs. */
  allowsList(caller: Caller): boolean {
    if (caller === null) return true;
    if (this.#policy === null) return false;
    const request = { ...NOTHING, action: "graph_list", actor: caller.actor } as const;
    const decision = this.#policy.decide(request);
    this.#events.onDecision(request, decision);
    return decision.isAllowed;
  }
}

function policyOf({ policies }: ServerSource): Policy | null {
  return policies.length === 0 ? null : new Policy(policies);
}

function byId(graphs: readonly ServedGraph[]): ReadonlyMap<string, ServedGraph> {
  return new Map(graphs.map((graph) => [graph.id, graph] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
