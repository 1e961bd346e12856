import { writeFile } from "node:fs/promises";
import { given, isError, OmnigraphError, writeJson } from "@omnigraph/base";
import type { GraphCalls } from "@omnigraph/client";
import { conflictsOf, previewJson } from "@omnigraph/wire";
import { type Command, Option } from "commander";
import type { MergeConflict, MergePreview, MergeSide, ResolveOptions, RevertOptions } from "omnigraph";
import { authorOf, type Context, echoTarget, type GlobalOptions, say } from "./context.ts";
import { type OpenGraph, openAt, placeOf } from "./place.ts";
import { fileError, inFile, inputName, readInput } from "./files.ts";
import { joined, shown } from "./output/shown.ts";
import type { ShowValuesOf } from "./output/values.ts";

/** The options of commands that merge changes: how conflicts are decided, whether it is a dry run, and those of every write. */
export interface DecisionOptions extends GlobalOptions {
  readonly strategy?: MergeSide;
  readonly strategyEntity?: MergeSide;
  readonly resolutions?: string;
  readonly dryRun?: boolean;
  readonly resolutionsTemplate?: string;
  readonly message?: string;
  readonly op?: string;
}

const SIDES: readonly MergeSide[] = ["ours", "theirs"];

/** Adds these options; `sides` explains what ours and theirs are. */
export function withDecisions(command: Command, sides: string): Command {
  const strategy = new Option(
    "--strategy <side>",
    `decides what is in conflict, property by property, and merges the rest; ${sides}`,
  );
  const entities = new Option(
    "--strategy-entity <side>",
    "takes whole entities in conflict from that side, a node with its edges; instead of --strategy",
  );
  return command
    .addOption(strategy.choices(SIDES))
    .addOption(entities.choices(SIDES).conflicts("strategy"))
    .option(
      "--resolutions <file>",
      "decisions on single conflicts as JSON, or - for standard input; go before a strategy",
    )
    .option(
      "--dry-run",
      "write nothing: show what would change, and the conflicts (exit code 1 when there are any)",
    )
    .option(
      "--resolutions-template <file>",
      "with --dry-run: write a new file that decides each conflict by ours, to be edited",
    );
}

/** The decisions on the command line. Errors: `usage`, `file_unreadable`, `json_invalid`, `resolutions_invalid`. */
async function decisionsOf(context: Context, options: DecisionOptions): Promise<ResolveOptions> {
  const { strategy, strategyEntity, resolutions: file, dryRun, resolutionsTemplate: template } = options;
  if (template !== undefined && dryRun !== true)
    throw new OmnigraphError("usage", "--resolutions-template goes with --dry-run; give both");
  if (file === undefined) return given({ strategy, strategyEntity });
  const text = await readInput(context, file, "resolutions file");
  const { readResolutions } = await import("omnigraph");
  try {
    return { ...given({ strategy, strategyEntity }), resolutions: await readResolutions(text) };
  } catch (cause) {
    throw inFile(inputName(file), cause);
  }
}

/** A command that merges changes into a branch. */
interface Merging<Answer> {
  /** The branch that receives them. */
  readonly branch: string;
  /** Asks before anything is done, where there is something to ask. */
  readonly confirm?: (uri: string) => Promise<void>;
  readonly preview: (open: OpenGraph, asked: MergingOptions) => Promise<MergePreview>;
  readonly write: (open: OpenGraph, asked: MergingOptions) => Promise<Answer>;
  readonly tell: (answer: Answer) => Promise<void>;
}

/** What every such command asks of the library. */
type MergingOptions = ResolveOptions & Pick<RevertOptions, "actor" | "message" | "op" | "signal">;

/** Runs such a command: writes and tells what came of it, or shows what would come of it in a dry run. */
export async function runMerging<Answer>(
  context: Context,
  options: DecisionOptions,
  address: string | undefined,
  { branch, confirm, preview, write, tell }: Merging<Answer>,
): Promise<void> {
  const place = await placeOf(context, options, address);
  const { uri } = place;
  const actor = await authorOf(context, options, place);
  const decisions = await decisionsOf(context, options);
  const dryRun = options.dryRun === true;
  if (!dryRun) await confirm?.(uri);
  await using open = await openAt(context, place, { readOnly: dryRun, maintenance: "off" });
  const { message, op } = options;
  const asked = { ...decisions, ...given({ actor, message, op }), signal: context.signal };
  const receiver = { graph: open.graph, branch };
  if (dryRun) return await sayPreview(context, options, receiver, await preview(open, asked));
  await echoTarget(context, options, uri, branch);
  await tell(await listingConflicts(context, options, receiver, () => write(open, asked)));
}

/** The target branch: its schema says how values in conflicts are shown. */
interface Receiver {
  readonly graph: GraphCalls;
  readonly branch: string;
}

/** Runs an action that may fail with conflicts; they are listed for people before the error is reported. */
async function listingConflicts<T>(
  { terminal }: Context,
  options: GlobalOptions,
  receiver: Receiver,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (options.json !== true && isError(thrown, "merge_conflict")) {
      const { conflictsText } = await import("./output/conflicts.ts");
      const text = conflictsText(conflictsOf(thrown), await showing(receiver), terminal);
      await terminal.err.say(shown`${text}\n`);
    }
    throw thrown;
  }
}

/** Prints the result of a dry run; the exit code tells whether conflicts are open. */
async function sayPreview(
  context: Context,
  options: DecisionOptions,
  receiver: Receiver,
  preview: MergePreview,
): Promise<void> {
  const { previewText } = await import("./output/merge.ts");
  const { resolutionsTemplate: template } = options;
  const { conflicts } = preview;
  const isIdle = template !== undefined && conflicts.length === 0;
  if (template !== undefined && !isIdle) await writeTemplate(template, conflicts);
  const idle = isIdle ? shown`no conflict is left, so no template was written\n` : shown``;
  const text = previewText(preview, await showing(receiver), context.terminal);
  await say(context, options, previewJson(preview), joined([text, idle]));
  if (conflicts.length > 0) context.exit(1);
}

async function showing({ graph, branch }: Receiver): Promise<ShowValuesOf> {
  const { showingValuesOf } = await import("./output/values.ts");
  return showingValuesOf(graph, { branch });
}

async function writeTemplate(path: string, conflicts: readonly MergeConflict[]): Promise<void> {
  const { resolutionsTemplate } = await import("omnigraph");
  try {
    await writeFile(path, `${writeJson(resolutionsTemplate(conflicts), 2)}\n`, { flag: "wx" });
  } catch (cause) {
    throw fileError("file_unwritable", `cannot write the template ${path}`, cause);
  }
}
