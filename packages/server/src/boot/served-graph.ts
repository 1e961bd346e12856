import { isError, OmnigraphError } from "@omnigraph/base";
import {
  authorizeBy,
  authorizeStored,
  NOTHING,
  type OnDecision,
  Policy,
  POLICY_ACTIONS,
  type PolicyRequest,
} from "@omnigraph/policy";
import { type Authorize, Omnigraph } from "omnigraph";
import { resolve } from "node:path";
import type { GraphSource } from "./sources.ts";
import { type StoredQuery, storedQueries } from "./stored-queries.ts";

/** How long a graph that did not open is left alone. */
const RETRY_MS = 5000;

/** Who calls: the actor of a token, or, where the server asks for none, anybody. */
export type Caller = { readonly actor: string } | null;

interface Open {
  readonly graph: Omnigraph;
  readonly queries: ReadonlyMap<string, StoredQuery>;
}

/** A graph that a server serves: open from the first call that needs it until the server stops. */
export class ServedGraph {
  readonly id: string;
  #source: GraphSource;
  /** Where its data are, as messages write it: the longest first. */
  readonly #addresses: readonly string[];
  #policy: Policy | null;
  readonly #onDecision: OnDecision;
  readonly #onFailure: (graph: string, error: unknown) => void;
  #open: Promise<Open> | null = null;
  #isOpen = false;

  /** Compiles the policy. `onFailure` is told why the graph does not open. Errors: `policy_invalid`. */
  constructor(
    source: GraphSource,
    onDecision: OnDecision,
    onFailure: (graph: string, error: unknown) => void,
  ) {
    this.id = source.id;
    this.#source = source;
    this.#addresses = addressesOf(source.uri);
    this.#onDecision = onDecision;
    this.#onFailure = onFailure;
    this.#policy = policyOf(source);
  }

  /** Whether a cluster has its schema, so that no call may give it another. */
  get isManaged(): boolean {
    return this.#source.isManaged;
  }

  /** Whether it is open now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Prepares other policies and queries for the graph; the function that it answers has them count from then on, for calls and streams that are at work too. Errors:
   * `policy_invalid`, `query_invalid`; then the former ones stay. Null: the graph is another one, at another address.
   */
  async prepared(source: GraphSource): Promise<(() => void) | null> {
    if (source.uri !== this.#source.uri) return null;
    const policy = policyOf(source);
    const open = await this.#open?.catch(() => null);
    const queries = open == null ? null : storedQueries(source.queries, await open.graph.schema.catalog());
    return () => {
      this.#source = source;
      this.#policy = policy;
      if (open != null && queries !== null) this.#open = Promise.resolve({ graph: open.graph, queries });
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
    return graph.as(caller.actor, { authorize: this.#authorize });
  }

  /** The graph as a caller uses it to run a stored query. Errors: as `as`. */
  async asStored(caller: Caller, query: string): Promise<Omnigraph> {
    const { graph } = await this.opened();
    if (caller === null) return graph;
    const policy = this.#policy;
    const authorize = policy === null ? NOBODY : authorizeStored(policy, query, this.#onDecision);
    return graph.as(caller.actor, { authorize });
  }

  /** The stored queries by name. Errors: as `as`. */
  async queries(): Promise<ReadonlyMap<string, StoredQuery>> {
    return (await this.opened()).queries;
  }

  /** Whether the policy allows a caller something. */
  allows(caller: Caller, action: PolicyRequest["action"], about: Partial<PolicyRequest> = {}): boolean {
    if (caller === null) return true;
    if (this.#policy === null) return action === "read";
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

  /** Opens the graph, unless it is open or was tried a short while ago. Errors: `graph_unavailable`. */
  opened(): Promise<Open> {
    this.#open ??= this.#begin();
    return this.#open;
  }

  /** Closes the graph once its calls have ended; with `abort` they are ended first. */
  async close(abort: boolean): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    try {
      await (await open).graph.close({ abort });
    } catch (thrown) {
      if (!isError(thrown, "graph_unavailable")) throw thrown;
    }
  }

  async #begin(): Promise<Open> {
    try {
      const open = await openedAt(this.#source);
      this.#isOpen = true;
      return open;
    } catch (cause) {
      this.#onFailure(this.id, cause);
      setTimeout(() => (this.#open = null), RETRY_MS).unref();
      throw new OmnigraphError("graph_unavailable", `graph ${this.id} cannot be opened now`, { cause });
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

async function openedAt({ uri, queries }: GraphSource): Promise<Open> {
  const graph = await Omnigraph.open(uri);
  try {
    return { graph, queries: storedQueries(queries, await graph.schema.catalog()) };
  } catch (thrown) {
    await graph.close();
    throw thrown;
  }
}
