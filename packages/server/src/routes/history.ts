import { writeFateJson } from "@omnigraph/wire";
import type { Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import { firstOf } from "../http/streams.ts";
import { filterOf, named, startOf } from "./options.ts";
import { JSON_BODY } from "./queries.ts";

const FAILURES = [400, 401, 403, 404, 503];
const CHANGE_FAILURES = [400, 401, 403, 404, 409, 410, 413, 503];

/** What a graph holds and held. */
export const HISTORY: readonly Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/snapshot",
    operation: "cluster_getSnapshot",
    tag: "snapshots",
    summary: "How many entities of each type a branch holds.",
    parameters: "branchParameters",
    answer: "snapshot",
    failures: FAILURES,
    run: async (call, _, { branch }) => {
      const graph = await call.graph().as(call.caller);
      const answer = await graph.snapshot({ ...named({ branch }), ...call.limits });
      return call.says.snapshot(answer, call.served.release.format);
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/commits",
    operation: "cluster_listCommits",
    tag: "commits",
    summary: "The commits of a branch, the newest first.",
    parameters: "commitListParameters",
    answer: "httpCommitList",
    failures: [...FAILURES, 413],
    run: async (call, _, { branch, limit, page_token: pageToken }) => {
      const graph = await call.graph().as(call.caller);
      const asked = { ...named({ branch }), ...call.limits };
      if (limit === undefined && pageToken === undefined)
        return call.says.commitList({ commits: await graph.commits.list(asked), nextPageToken: null });
      return call.says.commitList(await graph.commits.page({ ...asked, ...named({ limit, pageToken }) }));
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/commits/{commit_id}",
    operation: "cluster_getCommit",
    tag: "commits",
    summary: "A commit.",
    answer: "httpCommit",
    failures: FAILURES,
    run: async (call) => {
      const graph = await call.graph().as(call.caller);
      return call.says.commit(await graph.commits.show(call.part("commit_id")));
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/commits/{commit_id}/changes",
    operation: "cluster_getCommitChanges",
    tag: "changes",
    summary: "What a commit changed.",
    parameters: "commitChangesParameters",
    answer: "commitChanges",
    failures: CHANGE_FAILURES,
    run: async (call, _, { page_token: pageToken, limit, ...filter }) => {
      const graph = await call.graph().as(call.caller);
      const options = { ...filterOf(filter), ...named({ pageToken, limit }), ...call.limits };
      return call.says.commitChanges(await graph.commits.changes(call.part("commit_id"), options));
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/writes/{key}",
    operation: "showWrite",
    tag: "commits",
    summary: "What became of a write, by its Idempotency-Key.",
    parameters: "writeParameters",
    answer: "writeFate",
    failures: FAILURES,
    run: async (call, _, { branch }) => {
      const graph = await call.graph().as(call.caller);
      const found = await graph.maintenance.operation(call.part("key"), {
        ...named({ branch }),
        ...call.limits,
      });
      return writeFateJson(found);
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/changes",
    operation: "cluster_pollChanges",
    tag: "changes",
    summary: "What the commits since a cursor changed.",
    parameters: "changesParameters",
    answer: "feed",
    failures: CHANGE_FAILURES,
    run: async (call, _, { branch, cursor, start, page_token: pageToken, limit, ...filter }) => {
      const graph = await call.graph().as(call.caller);
      const from = { ...startOf(start), ...named({ cursor, pageToken, limit, branch }) };
      return call.says.feed(await graph.changes.poll({ ...filterOf(filter), ...from, ...call.limits }));
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/changes/baseline",
    operation: "cluster_captureChangeBaseline",
    tag: "changes",
    summary: "The graph as NDJSON, and the cursor that goes on after it.",
    body: { ...JSON_BODY, isOptional: true },
    bodyShape: "baselineRequest",
    answer: { shapes: ["baselineLine"], type: "ndjson" },
    failures: CHANGE_FAILURES,
    run: async (call, { branch, ...filter }) => {
      const graph = await call.graph().as(call.caller);
      return firstOf(graph.changes.baseline({ ...filterOf(filter), ...named({ branch }), ...call.limits }));
    },
  }),
];
