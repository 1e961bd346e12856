import { given } from "@omnigraph/base";
import { batchLoadJson, mutationJson } from "@omnigraph/wire";
import * as z from "zod";
import { EXAMPLE_LINES, WRITING } from "../guide.ts";
import { BRANCH, MESSAGE, OP, PARAMS } from "./arguments.ts";
import { CHANGES, defineTool, type Tool } from "./tool.ts";

/** The condition of a mutation. */
export const IF_COMMIT = z
  .string()
  .exactOptional()
  .describe(
    "The id of the commit that you have seen last (graph_commit_id of a read): if anything was written to the branch since, nothing is done, and the reason is precondition_failed.",
  );

/** Writes whose content the agent gives. */
export const WRITING_TOOLS: readonly Tool[] = [
  defineTool({
    name: "run-mutation",
    title: "Change the graph",
    description: `Inserts, updates or deletes nodes and edges: one commit on a branch, or none if nothing matches. Work on a branch of your own (create-branch) unless you were asked to write to main.\n\n${WRITING}`,
    annotations: CHANGES,
    input: {
      mutation: z.string().describe("Source of the mutation."),
      params: PARAMS,
      name: z
        .string()
        .exactOptional()
        .describe("Which mutation of the source is meant, where it holds several."),
      branch: BRANCH,
      message: MESSAGE,
      if_commit: IF_COMMIT,
      op: OP,
    },
    output: "mutation",
    less: "see what it changed with show-commit",
    run: async (graph, { mutation, params, branch, if_commit: ifCommit, ...rest }, { access, limits }) => {
      const options = { ...rest, ...given({ ifCommit }), branch: branch ?? access.branch, ...limits };
      return mutationJson(await graph.mutate(mutation, params ?? {}, options));
    },
  }),
  defineTool({
    name: "load-data",
    title: "Load many nodes and edges",
    description: `Loads nodes and edges as one commit, all or nothing: for more than a few of them this is better than mutations. The data are lines of JSON, a node or an edge each; from and to are ids of nodes, which are the texts of their keys; a Date is "2026-01-31". An example:\n\n${EXAMPLE_LINES}`,
    annotations: CHANGES,
    input: {
      data: z.string().describe("Lines of JSON (NDJSON), ended by \\n each."),
      mode: z
        .enum(["append", "merge", "overwrite"])
        .exactOptional()
        .describe(
          "append fails if an entity is there already; merge inserts or replaces each by its id, which is the default; overwrite deletes all others of each type that occurs.",
        ),
      branch: BRANCH,
      from: z
        .string()
        .exactOptional()
        .describe("If the branch is not there, it is made of this one, together with the commit."),
      message: MESSAGE,
      op: OP,
    },
    output: "batchLoad",
    less: "see what it changed with show-commit",
    run: async (graph, { data, mode = "merge", branch, from, ...rest }, { access, limits }) => {
      const options = { ...rest, ...given({ from }), mode, branch: branch ?? access.branch, ...limits };
      return batchLoadJson(await graph.load(data, options), from ?? null);
    },
  }),
];
