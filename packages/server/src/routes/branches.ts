import { branchListJson, httpMergeJson } from "@omnigraph/wire";
import type { Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import { named, opOf } from "./options.ts";
import { JSON_BODY, WRITE_FAILURES } from "./queries.ts";

/** Branches and merges. */
export const BRANCHES: readonly Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/branches",
    operation: "cluster_listBranches",
    tag: "branches",
    summary: "The branches by name.",
    answer: "branchList",
    failures: [401, 403, 404, 503],
    run: async (call) => {
      const graph = await call.graph().as(call.caller);
      return branchListJson(await graph.branches.list({ signal: call.signal }));
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/branches",
    operation: "cluster_createBranch",
    tag: "branches",
    summary: "Makes a branch.",
    body: JSON_BODY,
    bodyShape: "branchCreateRequest",
    answer: "branchCreated",
    failures: WRITE_FAILURES,
    isWrite: true,
    run: async (call, { name, from }) => {
      const served = call.graph();
      const graph = await served.as(call.caller);
      await graph.branches.create(name, { ...named({ from }), signal: call.signal });
      return { uri: served.path, from: from ?? "main", name, actor_id: call.caller?.actor ?? null };
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/graphs/{graph_id}/branches/{branch}",
    operation: "cluster_deleteBranch",
    tag: "branches",
    summary: "Deletes a branch.",
    answer: "branchDeleted",
    failures: WRITE_FAILURES,
    isWrite: true,
    run: async (call) => {
      const served = call.graph();
      const graph = await served.as(call.caller);
      const name = call.part("branch");
      await graph.branches.delete(name, { signal: call.signal });
      return { uri: served.path, name, actor_id: call.caller?.actor ?? null };
    },
  }),
  endpoint({
    method: "POST",
    path: "/graphs/{graph_id}/branches/merge",
    operation: "cluster_mergeBranches",
    tag: "branches",
    summary: "Merges a branch into another.",
    body: JSON_BODY,
    bodyShape: "mergeRequest",
    answer: "httpMerge",
    failures: WRITE_FAILURES,
    isWrite: true,
    run: async (call, { source, target, delete_branch: deleteBranch }) => {
      const graph = await call.graph().as(call.caller);
      const options = { ...named({ into: target, deleteBranch }), ...opOf(call), signal: call.signal };
      return httpMergeJson(await graph.branches.merge(source, options));
    },
  }),
];
