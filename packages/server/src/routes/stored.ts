import { OmnigraphError } from "@omnigraph/base";
import type { BodyRule, Call, Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import type { StoredQuery } from "../boot/stored-queries.ts";
import { conditionOf, named, opOf, readOf } from "./options.ts";
import { JSON_BODY, WRITE_FAILURES } from "./queries.ts";

const BODY: BodyRule = { ...JSON_BODY, isOptional: true };

/** The stored query of the path. Who may not run it is told no more than who names one that there is not. Errors: `query_not_found`. */
async function invoked(call: Call): Promise<StoredQuery> {
  const graph = call.graph();
  const name = call.part("name");
  const isAllowed = graph.allows(call.caller, "invoke_query", { query: name });
  const query = isAllowed ? (await graph.queries()).get(name) : undefined;
  if (query !== undefined) return query;
  throw new OmnigraphError("query_not_found", `graph ${graph.id} has no stored query of that name`);
}

interface Invocation {
  readonly params?: object | null | undefined;
  readonly branch?: string | null | undefined;
  readonly snapshot?: string | null | undefined;
  readonly expect_mutation?: boolean | null | undefined;
}

async function run(call: Call, body: Invocation, ifCommit: string | null): Promise<object> {
  const query = await invoked(call);
  const { params, branch, snapshot, expect_mutation: expected } = body;
  if (expected != null && expected !== query.isMutation)
    throw wrong(
      `${query.name} is a ${query.isMutation ? "mutation" : "read"}, which is not what the call expects`,
    );
  const graph = await call.graph().asStored(call.caller, query.name);
  const { name, source } = query;
  if (query.isMutation) {
    if (snapshot != null) throw wrong("a mutation writes at the head of a branch: leave snapshot out");
    const options = { name, ...named({ branch, ifCommit }), ...opOf(call), ...call.limits };
    return call.says.mutation(await graph.mutate(source, { ...params }, options));
  }
  if (ifCommit !== null) throw wrong(`${name} only reads: it takes no condition`);
  const options = { name, ...readOf({ branch, snapshot }), ...call.limits };
  return call.says.query(await graph.query(source, { ...params }, options));
}

function wrong(problem: string): OmnigraphError {
  return new OmnigraphError("request_invalid", problem);
}

/** Queries that are kept beside a graph. */
export const STORED: readonly Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/queries",
    operation: "cluster_list_queries",
    tag: "queries",
    summary: "The stored queries, with their parameters.",
    answer: "queryCatalog",
    failures: [401, 403, 404, 503],
    run: async (call) => {
      const graph = call.graph();
      graph.check(call.caller, "read", { branch: "main" });
      const queries = [...(await graph.queries()).values()];
      return { queries: queries.map(({ json }) => json) };
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/queries/{name}",
    operation: "cluster_invoke_query",
    tag: "queries",
    summary: "Runs a stored query.",
    body: BODY,
    bodyShape: "invokeRequest",
    answer: { shapes: ["query", "httpMutation"], type: "json" },
    failures: WRITE_FAILURES,
    isWrite: true,
    run: (call, body) => run(call, body, null),
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/queries/{name}/if-graph-commit",
    operation: "cluster_invoke_query_if_graph_commit",
    tag: "queries",
    summary: "Runs a stored mutation only if the branch is at a commit.",
    body: BODY,
    bodyShape: "invokeRequest",
    answer: "httpMutation",
    failures: [...WRITE_FAILURES, 412],
    isConditional: true,
    isWrite: true,
    run: (call, body) => run(call, body, conditionOf(call)),
  }),
];
