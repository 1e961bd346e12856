import { open, rename, rm } from "node:fs/promises";
import { given, isError, OmnigraphError, writeJson } from "@omnigraph/base";
import type { GraphCalls } from "@omnigraph/client";
import { baselineJson, feedJson, feedStartOf } from "@omnigraph/wire";
import type { BaselineEnd, ChangeBlock, FeedPage, FeedStart, PollOptions } from "omnigraph";
import { type ChangeOptions, filterOf, withChangeFilter } from "../change-options.ts";
import { type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { fileError } from "../files.ts";
import { wholeNumber, withJson, withServer, withTarget } from "../options.ts";
import { blocksText } from "../output/changes.ts";
import { shown } from "../output/shown.ts";
import { showingValuesOf } from "../output/values.ts";

interface PollFlags extends GlobalOptions, ChangeOptions {
  readonly branch: string;
  readonly cursor?: string;
  readonly start?: FeedStart;
  readonly limit?: number;
}

interface BaselineFlags extends GlobalOptions, ChangeOptions {
  readonly branch: string;
  readonly out?: string;
}

export const define: Define = (command, context) => {
  command
    .description("The change feed: what the commits of a branch changed, for those who follow it.")
    .addHelpText("after", "\nExample:\n  omnigraph changes poll ./my.omni --start beginning");
  definePoll(command.command("poll"), context);
  defineBaseline(command.command("baseline"), context);
};

const definePoll: Define = (command, context) => {
  command
    .summary("the commits since a cursor")
    .description(
      "What the commits since a cursor changed, and the cursor to go on with; never part of a commit.",
    )
    .argument("[uri]", "address of the graph")
    .option("--cursor <cursor>", "go on after what an earlier poll answered")
    .option("--start <where>", "now (the default), beginning, or after:<commit>", startOf)
    .option(
      "--limit <n>",
      "stop at the first commit with which so many changes are reached",
      wholeNumber("--limit"),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph changes poll ./my.omni --start beginning --json\n" +
        '  omnigraph changes poll ./my.omni --cursor "$CURSOR" --type Person --op insert --json',
    );
  withJson(withChangeFilter(withServer(withTarget(command)))).action(
    async (uri: string | undefined, options: PollFlags) => {
      await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
      const { graph } = open;
      const asked = { ...filterOf(options), ...given({ limit: options.limit }), branch: options.branch };
      const from = given({ cursor: options.cursor, start: options.start });
      const page = await polled(graph, { ...asked, signal: context.signal }, from);
      const { out } = context.terminal;
      if (options.json === true) return out.data(`${writeJson(feedJson(page), 2)}\n`);
      const end = shown`${page.caughtUp === true ? "caught up" : "more commits wait"}; cursor: ${page.cursor ?? ""}\n`;
      // JSON has a block for every commit, by contract; text shows only commits with changes that pass the filter.
      const blocks = page.blocks.filter(
        ({ schemaSteps, changes }) => schemaSteps.length + changes.length > 0,
      );
      if (blocks.length === 0) return out.say(end);
      const values = await showingValuesOf(graph, { branch: options.branch });
      return out.say(shown`${blocksText(blocks, values)}\n${end}`);
    },
  );
};

/** A page that ends after a whole commit: a commit larger than the page is read to its end. */
async function polled(
  graph: GraphCalls,
  asked: PollOptions,
  from: Pick<PollOptions, "cursor" | "start">,
): Promise<FeedPage> {
  let page = await graph.changes.poll({ ...asked, ...from });
  const [first] = page.blocks;
  if (page.nextPageToken === null || first === undefined) return page;
  const changes = [...first.changes];
  while (page.nextPageToken !== null) {
    page = await graph.changes.poll({ ...asked, pageToken: page.nextPageToken });
    const [rest, ...others] = page.blocks;
    for (const change of rest?.changes ?? []) changes.push(change);
    const whole: ChangeBlock = { ...first, changes };
    if (page.nextPageToken === null) return { ...page, blocks: [whole, ...others] };
  }
  return page;
}

const defineBaseline: Define = (command, context) => {
  command
    .summary("the graph as it is, and the cursor that goes on after it")
    .description(
      "Writes the head of a branch as NDJSON; its last line holds the cursor from which the feed goes on right after it.",
    )
    .argument("[uri]", "address of the graph")
    .option("--out <path>", "write to a file, which is there only when it is complete")
    .addHelpText("after", "\nExample:\n  omnigraph changes baseline ./my.omni --out baseline.jsonl --json");
  withJson(withChangeFilter(withServer(withTarget(command)))).action(
    async (uri: string | undefined, options: BaselineFlags) => {
      await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
      const { graph } = open;
      const { out } = context.terminal;
      const asked = { ...filterOf(options), branch: options.branch, signal: context.signal };
      const pieces = graph.changes.baseline(asked);
      if (options.out === undefined) {
        await drain(pieces, (piece) => out.data(piece));
        return;
      }
      const end = await intoFile(options.out, pieces);
      const text = shown`commit ${end.commit} written to ${options.out}; cursor: ${end.cursor}\n`;
      await say(context, options, baselineJson(end), text);
    },
  );
};

async function drain(
  pieces: AsyncGenerator<Uint8Array, BaselineEnd>,
  take: (piece: Uint8Array) => Promise<void>,
): Promise<BaselineEnd> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return next.value;
    await take(next.value);
  }
}

async function intoFile(path: string, pieces: AsyncGenerator<Uint8Array, BaselineEnd>): Promise<BaselineEnd> {
  const partial = `${path}.partial`;
  const unwritable = (cause: unknown): OmnigraphError =>
    fileError("file_unwritable", `cannot write the file ${path}`, cause);
  const file = await open(partial, "w").catch((cause: unknown) => {
    throw unwritable(cause);
  });
  try {
    const end = await drain(pieces, (piece) => file.writeFile(piece));
    await file.sync();
    await file.close();
    await rename(partial, path);
    return end;
  } catch (failure) {
    await file.close();
    await rm(partial, { force: true });
    throw isError(failure) ? failure : unwritable(failure);
  }
}

function startOf(text: string): FeedStart {
  const start = feedStartOf(text);
  if (start !== null) return start;
  throw new OmnigraphError("usage", `--start takes now, beginning or after:<commit>, not ${text}`);
}
