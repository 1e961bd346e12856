import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { given, OmnigraphError } from "@omnigraph/base";
import { blobStatJson, mutationJson } from "@omnigraph/wire";
import type { BlobSelector, BlobStat, EntityKind, ManagedBlob, OpenBlob } from "omnigraph";
import { type PastOptions, pastOf, withPast } from "../at.ts";
import { authorOf, type Context, echoTarget, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { fileError, STDIN } from "../files.ts";
import { withJson, withTarget, withWrite } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";

interface ReadOptions extends GlobalOptions, PastOptions {
  readonly branch: string;
}

interface GetOptions extends ReadOptions {
  readonly offset?: number;
  readonly length?: number;
  readonly out?: string;
}

interface PutOptions extends GlobalOptions {
  readonly branch: string;
  readonly null?: boolean;
  readonly ifCommit?: string;
  readonly message?: string;
  readonly op?: string;
}

/** What names a Blob on the command line, and the address of the graph behind it. */
type Named = readonly [
  entity: EntityKind,
  type: string,
  id: string,
  property: string,
  uri: string | undefined,
];

export const define: Define = (command, context) => {
  command
    .description("Reads and writes the content of Blobs: bytes of any kind, beside the rows that name them.")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph blob put node Doc a body ./my.omni --file scan.pdf\n" +
        "  omnigraph blob get node Doc a body ./my.omni --out scan.pdf\n" +
        "  omnigraph blob stat node Doc a body ./my.omni",
    );
  defineGet(command.command("get"), context);
  defineStat(command.command("stat"), context);
  definePut(command.command("put"), context);
};

const defineGet: Define = (command, context) => {
  withBlob(command)
    .summary("write its bytes on standard output, or into a new file")
    .option("--offset <n>", "begin at this byte, counted from 0", byteNumber("--offset"))
    .option("--length <n>", "at most so many bytes", byteNumber("--length"))
    .option("--out <path>", "write into this file, which must not be there")
    .addHelpText(
      "after",
      "\nExample:\n  omnigraph blob get node Doc a body ./my.omni --offset 0 --length 16",
    );
  withPast(withTarget(command)).action(async (...call: readonly [...Named, GetOptions]) => {
    const [entity, type, id, property, uri, options] = call;
    await withBlobOf(context, { entity, type, id, property }, uri, options, async (blob) => {
      if (blob.kind === "external") throw external(blob.uri);
      const { offset, length, out } = options;
      const pieces = blob.stream({ ...given({ offset, length }), signal: context.signal });
      if (out === undefined) for await (const piece of pieces) await context.terminal.out.data(piece);
      else await intoFile(out, pieces);
    });
  });
};

const defineStat: Define = (command, context) => {
  withBlob(command)
    .summary("its size and its entity tag, or the address that it is")
    .addHelpText("after", "\nExample:\n  omnigraph blob stat node Doc a body ./my.omni --json");
  withJson(withPast(withTarget(command))).action(async (...call: readonly [...Named, ReadOptions]) => {
    const [entity, type, id, property, uri, options] = call;
    await withBlobOf(context, { entity, type, id, property }, uri, options, (blob) =>
      say(context, options, blobStatJson(blob), described(blob)),
    );
  });
};

const definePut: Define = (command, context) => {
  withBlob(command)
    .summary("give an entity other content, by one commit")
    .option("--file <path>", "file with the content, or - for standard input", STDIN)
    .option("--null", "take the content away")
    .option(
      "--if-commit <commit>",
      "write only when this is the newest commit with changes (exit code 4 when not)",
    )
    .addHelpText(
      "after",
      "\nExample:\n  omnigraph blob put node Doc a body ./my.omni --file scan.pdf --as ann",
    );
  withJson(withWrite(withTarget(command))).action(
    async (...call: readonly [...Named, PutOptions & { readonly file: string }]) => {
      const [entity, type, id, property, address, options] = call;
      const uri = await storeOf(context, options, address);
      const actor = await authorOf(context, options);
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(uri, { maintenance: "off" });
      await echoTarget(context, options, uri, options.branch);
      const { ifCommit, message, op, branch } = options;
      const content = options.null === true ? null : contentOf(context, options.file);
      const answer = await graph.blobs.put({ entity, type, id, property }, content, {
        ...given({ ifCommit, actor, message, op }),
        branch,
        signal: context.signal,
      });
      await say(
        context,
        options,
        mutationJson(answer),
        shown`${type} ${id}: commit ${answer.commit?.id ?? ""}\n`,
      );
    },
  );
};

function withBlob(command: Parameters<Define>[0]): Parameters<Define>[0] {
  return command
    .argument("<entity>", "node or edge", entityOf)
    .argument("<type>", "name of its type")
    .argument("<id>", "its id")
    .argument("<property>", "name of the property, a Blob")
    .argument("[uri]", "address of the graph");
}

async function withBlobOf(
  context: Context,
  selector: BlobSelector,
  uri: string | undefined,
  options: ReadOptions,
  use: (blob: OpenBlob) => Promise<void>,
): Promise<void> {
  const { Omnigraph } = await import("omnigraph");
  await using graph = await Omnigraph.open(await storeOf(context, options, uri), { readOnly: true });
  const asked = { ...given({ at: pastOf(options) }), branch: options.branch, signal: context.signal };
  await use(await graph.blobs.open(selector, asked));
}

function described(stat: BlobStat): Shown {
  return stat.kind === "managed"
    ? shown`${stat.size} bytes, SHA-256 ${stat.sha256}\n`
    : shown`at ${stat.uri}\n`;
}

function external(uri: string): OmnigraphError {
  return new OmnigraphError(
    "blob_external",
    `the Blob is the address ${uri}, and the graph does not have what is there; fetch it from there`,
    { details: { uri } },
  );
}

/** Errors: `file_unreadable` where the file is there already, or cannot be written. */
async function intoFile(path: string, pieces: ReturnType<ManagedBlob["stream"]>): Promise<void> {
  // What is wrong with the call is told before there is a file.
  const first = await pieces.next();
  try {
    const file = await open(path, "wx");
    try {
      for (let next = first; next.done !== true; next = await pieces.next()) await file.write(next.value);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof OmnigraphError) throw cause;
    throw fileError("file_unreadable", `cannot write ${path}`, cause);
  }
}

async function* contentOf({ terminal }: Context, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of path === STDIN ? terminal.input : createReadStream(path))
      yield piece instanceof Uint8Array ? piece : Buffer.from(String(piece));
  } catch (cause) {
    throw fileError("file_unreadable", `cannot read ${path === STDIN ? "standard input" : path}`, cause);
  }
}

function entityOf(text: string): EntityKind {
  if (text === "node" || text === "edge") return text;
  throw new OmnigraphError("usage", `a Blob is of a node or an edge, not of ${text}`);
}

function byteNumber(option: string): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(n)) return n;
    throw new OmnigraphError("usage", `${option} takes a whole number from 0, not ${text}`);
  };
}
