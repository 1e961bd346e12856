import { given } from "@omnigraph/base";
import { commitChangesJson, commitListJson, historyJson } from "@omnigraph/wire";
import * as z from "zod";
import { BRANCH, COMMIT, OPS, PAGE_TOKEN, pageLimit, TYPES } from "./arguments.ts";
import { defineTool, READS, type Tool } from "./tool.ts";

const COMMITS = 20;
const CHANGES = 100;

/** What was done, when, by whom and why. */
export const HISTORY_TOOLS: readonly Tool[] = [
  defineTool({
    name: "list-commits",
    title: "List the commits",
    description:
      "The commits of a branch, the newest first: what made each, who, when (microseconds since 1970) and why. show-commit has what one changed.",
    annotations: READS,
    input: { branch: BRANCH, limit: pageLimit(COMMITS), page_token: PAGE_TOKEN },
    output: "commitList",
    less: "give a smaller limit",
    run: async (graph, { branch, limit = COMMITS, page_token: pageToken }, { access, limits }) => {
      const asked = { branch: branch ?? access.branch, limit, ...given({ pageToken }), ...limits };
      return commitListJson(await graph.commits.page(asked));
    },
  }),
  defineTool({
    name: "show-commit",
    title: "Show what a commit changed",
    description: "What one commit changed, entity by entity, with the entity before and after it.",
    annotations: READS,
    input: { commit: COMMIT, types: TYPES, ops: OPS, limit: pageLimit(CHANGES), page_token: PAGE_TOKEN },
    output: "commitChanges",
    less: "give a smaller limit, or some types",
    run: async (graph, { commit, types, ops, limit = CHANGES, page_token: pageToken }, { limits }) => {
      const asked = { ...given({ types, ops, pageToken }), limit, ...limits };
      return commitChangesJson(await graph.commits.changes(commit, asked));
    },
  }),
  defineTool({
    name: "show-history",
    title: "Show the history of one entity",
    description:
      "The commits that touched one node or edge, the newest first, with the entity before and after each: who changed it, when and why.",
    annotations: READS,
    input: {
      kind: z.enum(["node", "edge"]),
      type: z.string().describe("Name of its type, such as Person."),
      id: z.string().describe("Its id: of a node with a key the text of the key; $x.@id in a query."),
      branch: BRANCH,
      limit: pageLimit(COMMITS),
    },
    output: "history",
    less: "give a smaller limit",
    run: async (graph, { kind, type, id, branch, limit = COMMITS }, { access, limits }) =>
      historyJson(await graph.history(kind, type, id, { branch: branch ?? access.branch, limit, ...limits })),
  }),
];
