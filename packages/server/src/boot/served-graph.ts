import { OmnigraphError } from "@omnigraph/base";
import {
  authorizeBy,
  authorizeStored,
  NOTHING,
  type OnDecision,
  Policy,
  POLICY_ACTIONS,
  type PolicyRequest,
} from "@omnigraph/policy";
import type { Authorize, Omnigraph } from "omnigraph";
import { resolve } from "node:path";
import { GraphHandle, RETRY_MS } from "./graph-handle.ts";
import type { GraphSource } from "./sources.ts";
import { type StoredQuery, storedQueries } from "./stored-queries.ts";

/** Who calls: the actor of a token, or, where the server asks for none, anybody. */
export type Caller = { readonly actor: string } | null;

/** How a graph is served. */
export interface ServingMode {
  /** Whether an actor may do everything where there is no policy. Default false: the actor of a token reads alone. */
  readonly isTrusting?: boolean;
  /** Whether nothing is written. Default false. */
  readonly isReadOnly?: boolean;
}

interface Open {
  readonly graph: Omnigraph;
  readonly queries: ReadonlyMap<string, StoredQuery>;
}

/** A graph that a server serves: open from the first call that needs it until the server stops. */
export class ServedGraph {
  readonly id: string;
  #source: GraphSource;
  readonly #handle: GraphHandle;
  /** Where its data are, as messages write it: the longest first. */
  readonly #addresses: readonly string[];
  #policy: Policy | null;
  readonly #onDecision: OnDecision;
  readonly #onFailure: (graph: string, error: unknown) => void;
  readonly #isTrusting: boolean;
  #queries: Promise<ReadonlyMap<string, StoredQuery>> | null = null;

  /** Compiles the policy. `onFailure` is told why the graph does not open, or its queries do not fit it. Errors: `policy_invalid`. */
  constructor(
    source: GraphSource,
    onDecision: OnDecision,
    onFailure: (graph: string, error: unknown) => void,
    { isTrusting = false, isReadOnly = false }: ServingMode = {},
  ) {
    this.id = source.id;
    this.#source = source;
    this.#handle = new GraphHandle(source.id, source.uri, onFailure, isReadOnly);
    this.#addresses = addressesOf(source.uri);
    this.#onDecision = onDecision;
    this.#onFailure = onFailure;
    this.#isTrusting = isTrusting;
    this.#policy = policyOf(source);
  }

  /** Whether a cluster has its schema, so that no call may give it another. */
  get isManaged(): boolean {
    return this.#source.isManaged;
  }

  /** Whether it is open now. */
  get isOpen(): boolean {
    return this.#handle.isOpen;
  }

  /**
   * Prepares other policies and queries for the graph; the function that it answers has them count from then on, for calls and streams that are at work too. Errors:
   * `policy_invalid`, `query_invalid`; then the former ones stay. Null: the graph is another one, at another address. What a cluster applied was checked then: if its queries do not
   * fit the graph after all, that graph is unavailable, and holds up no other.
   */
  async prepared(source: GraphSource): Promise<(() => void) | null> {
    if (source.uri !== this.#source.uri) return null;
    const policy = policyOf(source);
    const graph = source.isManaged || !this.isOpen ? null : await this.#handle.opened();
    const queries = graph === null ? null : storedQueries(source.queries, await graph.schema.catalog());
    return () => {
      this.#source = source;
      this.#policy = policy;
      this.#queries = queries === null ? null : Promise.resolve(queries);
    };
  }

  /** Its path on the server. */
  get path(): string {
    return `/graphs/${this.id}`;
  }

  /** A text in which the graph goes by its path on the server, and not by where its data are. */
  withoutAddress(text: string): string {
    return this.#addresses.reduce((rest, address) => rest.replaceAll(address, this.path), text);
  }

  /** The graph as a caller uses it. Errors: `graph_unavailable`. */
  async as(caller: Caller): Promise<Omnigraph> {
    const { graph } = await this.opened();
    if (caller === null) return graph;
    return graph.as(caller.actor, this.#trustsAll ? {} : { authorize: this.#authorize });
  }

  /** The graph as a caller uses it to run a stored query. Errors: as `as`. */
  async asStored(caller: Caller, query: string): Promise<Omnigraph> {
    const { graph } = await this.opened();
    if (caller === null) return graph;
    if (this.#trustsAll) return graph.as(caller.actor);
    const policy = this.#policy;
    const authorize = policy === null ? NOBODY : authorizeStored(policy, query, this.#onDecision);
    return graph.as(caller.actor, { authorize });
  }

  /** The stored queries by name. Errors: as `as`. */
  async queries(): Promise<ReadonlyMap<string, StoredQuery>> {
    return (await this.opened()).queries;
  }

  /** The stored queries that a caller may run. Nobody has asked to run one, so that no decision is reported. Errors: as `as`. */
  async runnable(caller: Caller): Promise<readonly StoredQuery[]> {
    const queries = [...(await this.queries()).values()];
    if (caller === null || this.#trustsAll) return queries;
    const asked = { ...NOTHING, actor: caller.actor, action: "invoke_query" } as const;
    return queries.filter(({ name }) => this.#policy?.decide({ ...asked, query: name }).isAllowed === true);
  }

  /** Whether the policy allows a caller something. */
  allows(caller: Caller, action: PolicyRequest["action"], about: Partial<PolicyRequest> = {}): boolean {
    if (caller === null) return true;
    if (this.#policy === null) return this.#trustsAll || action === "read";
    const request = { ...NOTHING, ...about, action, actor: caller.actor };
    const decision = this.#policy.decide(request);
    this.#onDecision(request, decision);
    return decision.isAllowed;
  }

  /** As `allows`. Errors: `permission_denied`. */
  check(caller: Caller, action: PolicyRequest["action"], about: Partial<PolicyRequest> = {}): void {
    if (this.allows(caller, action, about)) return;
    throw new OmnigraphError(
      "permission_denied",
      `${caller?.actor ?? "nobody"} is not permitted to ${action} on graph ${this.id}`,
    );
  }

  /** Whether a caller may do anything here at all, on some branch. */
  isVisibleTo(caller: Caller): boolean {
    const policy = this.#policy;
    if (caller === null || policy === null) return true;
    const branches = policy.exampleBranches();
    return POLICY_ACTIONS.some((action) =>
      branches.some((branch) =>
        branches.some(
          (target) => policy.decide({ ...NOTHING, actor: caller.actor, action, branch, target }).isAllowed,
        ),
      ),
    );
  }

  /** The open graph and its stored queries, opened and compiled by the first who asks, and again a while after that failed. Errors: `graph_unavailable`. */
  async opened(): Promise<Open> {
    const graph = await this.#handle.opened();
    this.#queries ??= this.#compiled(graph);
    return { graph, queries: await this.#queries };
  }

  /** Closes the graph once its calls have ended; with `abort` they are ended first. */
  close(abort: boolean): Promise<void> {
    return this.#handle.close(abort);
  }

  get #trustsAll(): boolean {
    return this.#policy === null && this.#isTrusting;
  }

  async #compiled(graph: Omnigraph): Promise<ReadonlyMap<string, StoredQuery>> {
    try {
      return storedQueries(this.#source.queries, await graph.schema.catalog());
    } catch (cause) {
      this.#onFailure(this.id, cause);
      setTimeout(() => (this.#queries = null), RETRY_MS).unref();
      throw this.#handle.unavailable(cause);
    }
  }

  readonly #authorize: Authorize = (request) =>
    this.#policy === null ? request.action === "read" : authorizeBy(this.#policy, this.#onDecision)(request);
}

function policyOf({ id, policies }: GraphSource): Policy | null {
  return policies.length === 0 ? null : new Policy(policies, id);
}

/** An address as messages write it: that of a folder as an absolute path. */
function addressesOf(uri: string): readonly string[] {
  if (/^file:\/\//i.test(uri)) return [uri, uri.slice("file://".length)];
  return [/^[a-z0-9]+:\/\//i.test(uri) ? uri.replace(/\/+$/u, "") : resolve(uri)];
}

const NOBODY: Authorize = () => false;
