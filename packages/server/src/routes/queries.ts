import { explainJson, legacyReadJson } from "@omnigraph/wire";
import { LIMITS } from "@omnigraph/base";
import type { BodyRule, Call, Endpoint } from "../http/endpoint.ts";
import { endpoint, olderName } from "../http/endpoint.ts";
import { conditionOf, named, opOf, readOf } from "./options.ts";

export const JSON_BODY: BodyRule = { type: "json", isOptional: false, bytes: LIMITS.httpBodyBytes.value };

export const READ_FAILURES: readonly number[] = [400, 401, 403, 404, 408, 413, 415, 503];
export const WRITE_FAILURES: readonly number[] = [400, 401, 403, 404, 408, 409, 413, 415, 429, 503];

/** Members of mutations by the names that they had. */
const OLD_NAMES = { query_source: "query", query_name: "name" };

interface Mutation {
  readonly query: string;
  readonly name?: string | null | undefined;
  readonly params?: object | null | undefined;
  readonly branch?: string | null | undefined;
}

async function mutate(call: Call, body: Mutation, ifCommit: string | null): Promise<object> {
  const graph = await call.graph().as(call.caller);
  const { query, name, params, branch } = body;
  const options = { ...named({ name, branch, ifCommit }), ...opOf(call), ...call.limits };
  return call.says.mutation(await graph.mutate(query, { ...params }, options));
}

const MUTATE = endpoint({
  method: "POST",
  path: "/graphs/{graph_id}/mutate",
  operation: "cluster_mutate",
  tag: "mutations",
  summary: "Runs a mutation: one commit, or none.",
  body: JSON_BODY,
  bodyShape: "mutateRequest",
  aliases: OLD_NAMES,
  answer: "httpMutation",
  failures: WRITE_FAILURES,
  isWrite: true,
  run: (call, body) => mutate(call, body, null),
});

/** Reads and mutations whose source is in the body. */
export const QUERIES: readonly Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/query",
    operation: "cluster_query",
    tag: "queries",
    summary: "Runs a read.",
    body: JSON_BODY,
    bodyShape: "queryRequest",
    answer: "query",
    failures: READ_FAILURES,
    run: async (call, { query, name, params, branch, snapshot }) => {
      const graph = await call.graph().as(call.caller);
      const options = { ...named({ name }), ...readOf({ branch, snapshot }), ...call.limits };
      return call.says.query(await graph.query(query, { ...params }, options));
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/read",
    operation: "cluster_read",
    tag: "queries",
    summary: "Runs a read; its answer never gets further members.",
    body: JSON_BODY,
    bodyShape: "legacyReadRequest",
    answer: "legacyRead",
    failures: READ_FAILURES,
    successor: "query",
    run: async (call, { query_source, query_name, params, branch, snapshot }) => {
      const graph = await call.graph().as(call.caller);
      const options = {
        ...named({ name: query_name }),
        ...readOf({ branch, snapshot }),
        ...call.limits,
      };
      return legacyReadJson(await graph.query(query_source, { ...params }, options));
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/explain",
    operation: "explain",
    tag: "queries",
    summary: "How a read or a mutation is run; with `analyze` it is run too, and nothing is written.",
    body: JSON_BODY,
    bodyShape: "explainRequest",
    answer: "explain",
    failures: READ_FAILURES,
    run: async (call, { query, name, params, branch, snapshot, analyze }) => {
      const graph = await call.graph().as(call.caller);
      const options = { ...named({ name, analyze }), ...readOf({ branch, snapshot }), ...call.limits };
      return explainJson(await graph.explain(query, { ...params }, options));
    },
  }),
  MUTATE,
  olderName(MUTATE, { path: "/graphs/{graph_id}/change", operation: "cluster_change", successor: "mutate" }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/mutate/if-graph-commit",
    operation: "cluster_mutate_if_graph_commit",
    tag: "mutations",
    summary: "Runs a mutation only if the branch is at a commit.",
    body: JSON_BODY,
    bodyShape: "mutateRequest",
    aliases: OLD_NAMES,
    answer: "httpMutation",
    failures: [...WRITE_FAILURES, 412],
    isConditional: true,
    isWrite: true,
    run: (call, body) => mutate(call, body, conditionOf(call)),
  }),
];
