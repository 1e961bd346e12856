import { LIMITS } from "@omnigraph/base";
import * as z from "zod";

const COMMIT_NAME =
  "the id of a commit, or the first digits of it, or main~2 for the second commit before the newest of main";

export const BRANCH = z
  .string()
  .exactOptional()
  .describe("The branch. Default: the main one of this connection, usually main.");

export const AT = z
  .string()
  .exactOptional()
  .describe(`Reads an earlier state: a time (ISO 8601), or ${COMMIT_NAME}.`);

export const COMMIT = z.string().describe(`A branch, which means its newest commit, or ${COMMIT_NAME}.`);

/** Values of parameters: the query says which there are, and checks them. */
export const PARAMS = z
  .record(z.string(), z.unknown())
  .exactOptional()
  .describe(
    'Values of the parameters that the query declares, by name and without $: {"name": "Ann"}. Integers beyond 2^53 as text.',
  );

export const MESSAGE = z
  .string()
  .exactOptional()
  .describe("Why it is done, for whoever reads the history later.");

export const OP = z
  .string()
  .exactOptional()
  .describe(
    "A name of your own for this write. Give it again when you repeat a call whose answer you did not get: it is then written once.",
  );

export const TYPES = z.array(z.string()).exactOptional().describe("Only these types of nodes and edges.");

export const OPS = z
  .array(z.enum(["insert", "update", "delete"]))
  .exactOptional()
  .describe("Only changes of these kinds.");

export const PAGE_TOKEN = z
  .string()
  .exactOptional()
  .describe("next_page_token of the page before, with all other arguments as they were.");

/** How many items a page has. */
export function pageLimit(byDefault: number): z.ZodExactOptional<z.ZodInt> {
  return z
    .int()
    .min(1)
    .max(LIMITS.changesPageMost.value)
    .exactOptional()
    .describe(`Most of them on a page, ${byDefault} if it is left out.`);
}
