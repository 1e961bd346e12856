import { cp, mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { OmnigraphError } from "@omnigraph/base";
import pc from "picocolors";
import type { Define } from "../define.ts";
import { type Context, fileError } from "../context.ts";
import { write } from "../terminal.ts";

const SAMPLE = fileURLToPath(new URL("../../sample/", import.meta.url));

/** One step of the tour: what it shows, and the command line that shows it. */
interface Step {
  readonly says: string;
  readonly argv: (folder: Folder) => readonly string[];
}

interface Folder {
  readonly graph: string;
  readonly file: (name: string) => string;
}

const query = (folder: Folder, name: string, params?: object): string[] => [
  "query",
  name,
  "--store",
  folder.graph,
  "--query",
  folder.file("queries.gq"),
  ...(params === undefined ? [] : ["--params", JSON.stringify(params)]),
];

const BLAST = { service: "identity-api" };
const NEW_SERVICE = {
  slug: "passkeys",
  name: "A Passkeys Service",
  team: "identity",
  needs: "identity-api",
  since: "2026-01-15",
};

const TOUR: readonly Step[] = [
  {
    says: "A schema declares node and edge types; init makes a durable graph of it in one folder.",
    argv: (f) => ["init", "--schema", f.file("schema.pg"), f.graph],
  },
  {
    says: "About 2,000 nodes and 5,000 edges, loaded as one commit.",
    argv: (f) => ["load", "--data", f.file("data.jsonl"), "--mode", "merge", "--as", "importer", f.graph],
  },
  {
    says: "What fails when Identity API fails: whatever depends on it, up to three hops away.",
    argv: (f) => query(f, "blast_radius", BLAST),
  },
  { says: "Which teams are called most often.", argv: (f) => query(f, "noisiest_teams") },
  {
    says: "The longest critical incidents of first-tier services.",
    argv: (f) => query(f, "worst_outages", { since: "2025-01-01" }),
  },
  { says: "Who mends things.", argv: (f) => query(f, "top_resolvers") },
  { says: "Important services that no team owns.", argv: (f) => query(f, "orphans") },
  {
    says: "A mutation: a new service, its owner and what it needs, in one commit with an author.",
    argv: (f) =>
      ["mutate", "add_service", "--store", f.graph, "--query", f.file("queries.gq"), "--as", "ann"].concat([
        "--message",
        "passkeys go live",
        "--params",
        JSON.stringify(NEW_SERVICE),
      ]),
  },
  {
    says: "The same question again: the new service is in the answer.",
    argv: (f) => query(f, "blast_radius", BLAST),
  },
  { says: "Every commit is kept, with its author.", argv: (f) => ["commit", "list", f.graph] },
];

export const define: Define = (command, context) => {
  command
    .description(
      "Makes a sample graph, asks it, changes it and shows its history; every step is a command that you can repeat.",
    )
    .argument("[folder]", "new or empty folder for the sample (default: a temporary one)")
    .addHelpText("after", "\nExample:\n  omnigraph demo ./tour")
    .action(async (wanted: string | undefined) => {
      const path = await sampleFolder(wanted);
      const folder: Folder = { graph: join(path, "estate.omni"), file: (name) => join(path, name) };
      for (const step of TOUR) await show(step, folder, context);
      await write(
        context.terminal.out,
        `\nThe graph and its files are in ${path}; look around, and delete it when you are done.\n`,
      );
    });
};

/** A folder with the sample's files; one that holds something is left alone. */
async function sampleFolder(wanted: string | undefined): Promise<string> {
  const path = wanted ?? (await mkdtemp(join(tmpdir(), "omnigraph-demo-")));
  try {
    await mkdir(path, { recursive: true });
    if ((await readdir(path)).length > 0) {
      throw new OmnigraphError("folder_not_empty", `the folder ${path} is not empty; name a new one`);
    }
    await cp(SAMPLE, path, { recursive: true });
  } catch (cause) {
    throw cause instanceof OmnigraphError
      ? cause
      : fileError("file_unreadable", `cannot prepare the folder ${path}`, cause);
  }
  return path;
}

async function show(step: Step, folder: Folder, context: Context): Promise<void> {
  const colors = pc.createColors(context.terminal.width !== null && process.env["NO_COLOR"] === undefined);
  const argv = step.argv(folder);
  await write(
    context.terminal.out,
    `\n${colors.dim(`# ${step.says}`)}\n${colors.bold(`$ omnigraph ${argv.map(quoted).join(" ")}`)}\n`,
  );
  const code = await context.run(argv);
  if (code !== 0)
    throw new OmnigraphError(
      "internal",
      `the step "omnigraph ${argv[0]}" of the tour ended with exit code ${code}`,
    );
}

/** A word as a shell would need it, paths as short as they can be. */
function quoted(word: string): string {
  const short = word.startsWith("/") ? shortest(word) : word;
  return /^[\w./:=-]+$/.test(short) ? short : `'${short}'`;
}

function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length && !near.startsWith("..") ? near : path;
}
