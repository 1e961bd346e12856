import { given, type JsonObject, writeJson } from "@omnigraph/base";
import { countsJson, diffChangeJson, mergeJson, previewJson } from "@omnigraph/wire";
import { type MergeResolutions, readResolutions } from "omnigraph";
import * as z from "zod";
import { pageOf } from "../paging.ts";
import { COMMIT, MESSAGE, OP, OPS, PAGE_TOKEN, pageLimit, TYPES } from "./arguments.ts";
import { CHANGES, defineTool, READS, type Tool } from "./tool.ts";

const PAGE = 100;

const SOURCE = z.string().describe("The branch whose changes are merged.");
const INTO = z
  .string()
  .exactOptional()
  .describe("The branch that receives them. Default: as everywhere, usually main.");

/** The library reads decisions, and says what is wrong with them. */
const RESOLUTIONS = z.record(z.string(), z.unknown()).exactOptional().describe("Decisions on the conflicts.");

const DECISIONS = `Decisions are {"entities": [..]}, one for each entity in conflict, by the names that preview-merge has for it: {"kind": "node", "type": "Person", "id": "Ann", "properties": {"age": "ours", "role": {"value": "designer"}}} decides property by property, {.., "strategy": "theirs"} all that is in conflict of it, {.., "take": "ours"} the whole entity. {"strategy": "ours"} beside or in place of entities decides the rest. "ours" is the branch that receives, "theirs" the source.`;

async function resolutionsSchema(): Promise<Readonly<Record<string, object>>> {
  const { resolutionsSchema: schemaOf } = await import("omnigraph/resolutions");
  const { $schema: _, ...schema }: JsonObject = { ...schemaOf() };
  return { resolutions: schema };
}

/** Errors: `resolutions_invalid`, with each place. */
async function decided(
  resolutions: Readonly<Record<string, unknown>> | undefined,
): Promise<{ readonly resolutions?: MergeResolutions }> {
  return resolutions === undefined ? {} : { resolutions: await readResolutions(writeJson(resolutions)) };
}

/** What differs, and how it comes together. */
export const MERGING_TOOLS: readonly Tool[] = [
  defineTool({
    name: "show-diff",
    title: "Show what differs",
    description:
      'What differs between two branches or commits, entity by entity: counts by type (`stat`), and each change with the entity before and after it. To see what was done on a branch, give from: "main" and to: the branch. ' +
      "By default only what `to` changed since it was made of `from`, or merged with it last, is shown. In before and after, dates are days and times milliseconds since 1970.",
    annotations: READS,
    input: {
      from: COMMIT.describe("The branch or commit that is compared with, such as main."),
      to: COMMIT.describe("The branch or commit whose changes are shown."),
      since_base: z
        .boolean()
        .exactOptional()
        .describe(
          "Default: true. With false, all that differs is shown, also what only `from` has changed meanwhile.",
        ),
      counts_only: z.boolean().exactOptional().describe("Only the counts by type."),
      types: TYPES,
      ops: OPS,
      limit: pageLimit(PAGE),
      page_token: PAGE_TOKEN,
    },
    output: "diffPage",
    less: "give a smaller limit, some types, or counts_only",
    run: async (graph, input, { limits }) => {
      const { from, to, since_base: sinceBase = true, counts_only: countsOnly = false, types, ops } = input;
      const diff = await graph.branches.diff(from, to, { ...given({ types, ops }), sinceBase, ...limits });
      const head = { from: diff.from, to: diff.to, stat: countsJson(diff.stat) };
      if (countsOnly) return head;
      const asked = { limit: input.limit ?? PAGE, token: input.page_token };
      const page = await pageOf(diff.changes(), [diff.from, diff.to, types, ops], asked);
      return {
        ...head,
        changes: page.items.map(diffChangeJson),
        ...given({ next_page_token: page.next ?? undefined }),
      };
    },
  }),
  defineTool({
    name: "preview-merge",
    title: "See what a merge would do",
    description:
      "What merging a branch would do now, and every conflict: an entity that both sides changed differently, with its values at the common ancestor (base), on the branch that receives (ours) and on the source (theirs). " +
      `Nothing is written. Give resolutions to see what they come to. ${DECISIONS}`,
    annotations: READS,
    input: {
      source: SOURCE,
      into: INTO,
      resolutions: RESOLUTIONS,
      limit: pageLimit(PAGE),
      page_token: PAGE_TOKEN,
    },
    schemas: resolutionsSchema,
    output: "mergePreviewPage",
    less: "give a smaller limit, and go on with page_token",
    run: async (graph, { source, resolutions, limit = PAGE, ...input }, { access, limits }) => {
      const into = input.into ?? access.branch;
      const preview = await graph.branches.previewMerge(source, {
        ...(await decided(resolutions)),
        into,
        ...limits,
      });
      const { merge_conflicts: conflicts, ...rest } = previewJson(preview);
      const names = conflicts.map(({ kind, type_name: type, entity_id: id }) => [kind, type, id]);
      const page = await pageOf(conflicts, [source, into, preview.bases, names], {
        limit,
        token: input.page_token,
      });
      return {
        ...rest,
        merge_conflicts: page.items,
        conflict_count: conflicts.length,
        ...given({ next_page_token: page.next ?? undefined }),
      };
    },
  }),
  defineTool({
    name: "merge-branch",
    title: "Merge a branch",
    description:
      "Merges what a branch changed into another: one commit, all or nothing. Changes of both sides to one entity are put together property by property; what cannot be is a conflict, and without a decision on each the merge is refused (merge_conflict) and nothing is done. " +
      `Show the diff to whoever asked for the work before you merge into main. ${DECISIONS}`,
    annotations: { ...CHANGES, idempotentHint: true },
    input: {
      source: SOURCE,
      into: INTO,
      resolutions: RESOLUTIONS,
      delete_branch: z.boolean().exactOptional().describe("Deletes the source once it is merged."),
      message: MESSAGE,
      op: OP,
    },
    schemas: resolutionsSchema,
    output: "merge",
    less: "see what it changed with show-commit",
    run: async (graph, { source, resolutions, delete_branch: deleteBranch, into, ...rest }, call) => {
      const { access, limits } = call;
      const asked = { ...rest, ...given({ deleteBranch }), into: into ?? access.branch, ...limits };
      const options = { ...asked, ...(await decided(resolutions)) };
      return mergeJson(await graph.branches.merge(source, options));
    },
  }),
];
