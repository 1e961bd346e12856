import { given } from "@omnigraph/base";
import { branchListJson } from "@omnigraph/wire";
import * as z from "zod";
import { COMMIT, MESSAGE } from "./arguments.ts";
import { ADDS, CHANGES, defineTool, READS, type Tool } from "./tool.ts";

const NAME = z.string().describe("Name of the branch, such as tidy-up-names.");

/** Branches themselves. */
export const BRANCH_TOOLS: readonly Tool[] = [
  defineTool({
    name: "list-branches",
    title: "List the branches",
    description: "The branches of the graph, by name. main is there always.",
    annotations: READS,
    input: { prefix: z.string().exactOptional().describe("Only branches whose names begin so.") },
    output: "branchList",
    less: "give a prefix of the names that you look for",
    run: async (graph, { prefix = "" }, { limits }) => {
      const found = await graph.branches.list(limits);
      return branchListJson(found.filter(({ name }) => name.startsWith(prefix)));
    },
  }),
  defineTool({
    name: "create-branch",
    title: "Make a branch",
    description:
      "Makes a branch to work on: a copy of the whole graph that costs nothing and that nobody else sees. Give its name as `branch` to the other tools, look at your work with show-diff, and bring it back with merge-branch.",
    annotations: ADDS,
    input: {
      name: NAME,
      from: COMMIT.exactOptional().describe("What it begins at. Default: as everywhere, usually main."),
    },
    output: "branchCreated",
    less: "see list-branches",
    run: async (graph, { name, ...input }, { access, limits }) => {
      const from = input.from ?? access.branch;
      await graph.branches.create(name, { from, ...limits });
      return { uri: access.address, from, name, actor_id: access.actor };
    },
  }),
  defineTool({
    name: "delete-branch",
    title: "Delete a branch",
    description:
      "Deletes a branch, with all that was done on it and not merged. main cannot be deleted. After a merge, merge-branch does it with delete_branch.",
    annotations: { ...CHANGES, idempotentHint: true },
    input: { name: NAME, message: MESSAGE },
    output: "branchDeleted",
    less: "see list-branches",
    run: async (graph, { name, message }, { access, limits }) => {
      await graph.branches.delete(name, { ...given({ message }), ...limits });
      return { uri: access.address, name, actor_id: access.actor };
    },
  }),
];
