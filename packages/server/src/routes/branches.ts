import { writeJson } from "@omnigraph/base";
import { branchDeletedJson, countsJson, diffChangeJson, mergeJson, previewJson } from "@omnigraph/wire";
import { type Diff, readResolutions, type ResolveOptions } from "omnigraph";
import type { Endpoint } from "../http/endpoint.ts";
import { endpoint } from "../http/endpoint.ts";
import { firstOf, jsonWithList } from "../http/streams.ts";
import { filterOf, named, opOf } from "./options.ts";
import { JSON_BODY, READ_FAILURES, WRITE_FAILURES } from "./queries.ts";

interface Decisions {
  readonly strategy?: "ours" | "theirs" | null | undefined;
  readonly strategy_entity?: "ours" | "theirs" | null | undefined;
  readonly resolutions?: object | null | undefined;
}

/** How the conflicts of a merge are decided. Errors: `resolutions_invalid`. */
async function decisionsOf({
  strategy,
  strategy_entity: strategyEntity,
  resolutions,
}: Decisions): Promise<ResolveOptions> {
  return {
    ...named({ strategy, strategyEntity }),
    ...(resolutions == null ? {} : { resolutions: await readResolutions(writeJson(resolutions)) }),
  };
}

async function* changesOf(diff: Diff): AsyncGenerator<object> {
  for await (const change of diff.changes()) yield diffChangeJson(change);
}

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
      return call.says.branchList(await graph.branches.list(call.limits));
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
      const made = await graph.branches.create(name, { ...named({ from }), ...call.limits });
      return call.says.branchCreated(made, served.path, from ?? "main");
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
      const deleted = await graph.branches.delete(call.part("branch"), call.limits);
      return branchDeletedJson(deleted, served.path);
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
    answer: { shapes: ["httpMerge", "merge", "mergePreview"], type: "json" },
    failures: WRITE_FAILURES,
    isWrite: true,
    run: async (call, body) => {
      const { source, target, delete_branch: deleteBranch, dry_run: isDryRun, message } = body;
      const graph = await call.graph().as(call.caller);
      const decisions = await decisionsOf(body);
      const asked = { ...decisions, ...named({ into: target, deleteBranch, message }), ...call.limits };
      if (isDryRun === true) return previewJson(await graph.branches.previewMerge(source, asked));
      const answer = await graph.branches.merge(source, { ...asked, ...opOf(call) });
      // Clients of the contract, who decide nothing, compare the members.
      return Object.keys(decisions).length === 0 ? call.says.merge(answer) : mergeJson(answer);
    },
  }),
  endpoint({
    method: "GET",
    path: "/graphs/{graph_id}/branches/{branch}/diff/{other}",
    operation: "diffBranches",
    tag: "branches",
    summary: "What turns one branch, or commit, into another.",
    parameters: "diffParameters",
    answer: "diff",
    failures: READ_FAILURES,
    run: async (call, _, { since_base: sinceBase, stat, ...filter }) => {
      const graph = await call.graph().as(call.caller);
      const options = { ...filterOf(filter), ...named({ sinceBase }), ...call.limits };
      const diff = await graph.branches.diff(call.part("branch"), call.part("other"), options);
      const head = { from: diff.from, to: diff.to, stat: countsJson(diff.stat) };
      return stat === true ? head : firstOf(jsonWithList(head, "changes", changesOf(diff)));
    },
  }),
];
