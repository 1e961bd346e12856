import { given } from "@omnigraph/base";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { loadJson } from "@omnigraph/wire";
import { Option } from "commander";
import type { LoadAnswer, LoadMode } from "omnigraph";
import type { Define } from "../define.ts";
import { authorOf, type Context, echoTarget, type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf } from "../place.ts";
import { fileError, STDIN } from "../files.ts";
import { withJson, withServer, withTarget, withWrite } from "../options.ts";
import { joined, type Shown, shown } from "../output/shown.ts";
import { confirmed } from "../confirm.ts";
import { loadReporter } from "../progress.ts";

interface Options extends GlobalOptions {
  readonly data: string;
  readonly mode: LoadMode;
  readonly branch: string;
  readonly from?: string;
  readonly message?: string;
  readonly op?: string;
  readonly yes?: boolean;
}

const PIECE_BYTES = 1 << 20;

export const define: Define = (command, context) => {
  command
    .description("Loads NDJSON: one file is one commit, all or nothing. Lines may stand in any order.")
    .argument("[uri]", "address of the graph")
    .requiredOption("--data <file>", "NDJSON file, or - for standard input")
    .addOption(
      new Option(
        "--mode <mode>",
        "append: only new entities; merge: insert or replace; overwrite: replace each type that occurs",
      )
        .choices(["append", "merge", "overwrite"])
        .makeOptionMandatory(),
    )
    .option("--from <source>", "make the branch where it is missing: at a branch's head, or at a commit")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph load --data data.jsonl --mode merge ./my.omni\n" +
        "  omnigraph load --data data.jsonl --mode merge --branch draft --from main ./my.omni",
    );
  command.option("--yes", "overwrite a graph on a remote store without asking");
  withJson(withWrite(withServer(withTarget(command)))).action(
    async (uri: string | undefined, options: Options) => {
      const place = await placeOf(context, options, uri);
      const actor = await authorOf(context, options, place);
      const size = await inputSize(options.data);
      if (options.mode === "overwrite")
        await confirmed(context, options, place.uri, `Replace what ${place.uri} holds of these types?`);
      await using open = await openAt(context, place, { maintenance: "off" });
      await echoTarget(context, options, place.uri, options.branch);
      const reporter = loadReporter(context.terminal, options.quiet === true || options.json === true, size);
      try {
        const answer = await open.graph.load(input(options.data, context), {
          ...given({ actor, message: options.message, op: options.op, from: options.from }),
          mode: options.mode,
          branch: options.branch,
          signal: context.signal,
          onProgress: (progress) => reporter.update(progress),
        });
        reporter.stop();
        await say(context, options, loadJson(answer, place.uri), describe(answer));
      } finally {
        reporter.stop();
      }
    },
  );
};

/** Bytes of the file, or null for standard input. A file that cannot be read is an error before anything is opened. */
async function inputSize(path: string): Promise<number | null> {
  if (path === STDIN) return null;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
    return found.isFile() ? found.size : null;
  } catch (cause) {
    throw fileError("file_unreadable", `cannot read the data file ${path}`, cause);
  }
}

async function* input(path: string, context: Context): AsyncGenerator<Uint8Array> {
  const stream =
    path === STDIN ? context.terminal.input : createReadStream(path, { highWaterMark: PIECE_BYTES });
  // An open input stream would keep the process alive.
  addAbortSignal(context.signal, stream);
  try {
    for await (const piece of stream) yield typeof piece === "string" ? Buffer.from(piece) : piece;
  } catch (cause) {
    throw fileError("file_unreadable", `cannot read the data file ${path}`, cause);
  }
}

function describe(answer: LoadAnswer): Shown {
  const types = [...answer.nodes, ...answer.edges].map((t) => shown`  ${t.name}: ${t.entities}\n`);
  const branch = answer.branchCreated ? `${answer.branch}, made for it` : answer.branch;
  return shown`loaded into ${branch} (${answer.mode}), commit ${answer.commit.id}
${joined(types)}${cutText(answer)}`;
}

function cutText({ timesCut }: LoadAnswer): Shown {
  if (timesCut === 0) return joined([]);
  return shown`cut to the millisecond: ${timesCut} DateTime value${timesCut === 1 ? "" : "s"} with digits beyond it
`;
}
