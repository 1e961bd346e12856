import { cp, mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { OmnigraphError, present } from "@omnigraph/base";
import pc from "picocolors";
import type { Define } from "../define.ts";
import type { Context } from "../context.ts";
import { fileError } from "../files.ts";
import { painted, shown } from "../output/shown.ts";
import { type Folder, type Step, TOUR } from "../tour.ts";

const SAMPLE = fileURLToPath(new URL("../../sample/", import.meta.url));

export const define: Define = (command, context) => {
  command
    .description(
      "Makes a sample graph, asks it, changes it, merges a branch and takes that back; every step is a command that you can repeat.",
    )
    .argument("[folder]", "new or empty folder for the sample (default: a temporary one)")
    .addHelpText("after", "\nExample:\n  omnigraph demo ./tour")
    .action(async (wanted: string | undefined) => {
      const path = await sampleFolder(wanted);
      const graph = join(path, "estate.omni");
      const folder: Folder = { graph, file: (name) => join(path, name), newest: () => newestOf(graph) };
      for (const step of TOUR) await show(step, folder, context);
      await context.terminal.out.say(
        shown`\nThe graph and its files are in ${path}; look around, and delete it when you are done.\n`,
      );
    });
};

async function newestOf(uri: string): Promise<string> {
  const { Omnigraph } = await import("omnigraph");
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  const [newest] = await graph.commits.list({ limit: 1 });
  return present(newest, "newest commit").id;
}

/** Makes a folder with the files of the sample; a folder that is not empty is refused. */
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
  const argv = await step.argv(folder);
  const says = painted(colors.dim, shown`# ${step.says}`);
  const command = painted(colors.bold, shown`$ omnigraph ${argv.map(quoted).join(" ")}`);
  await context.terminal.out.say(shown`\n${says}\n${command}\n`);
  const code = await context.run(argv);
  if (code !== (step.exit ?? 0))
    throw new OmnigraphError(
      "internal",
      `the step "omnigraph ${argv[0]}" of the tour ended with exit code ${code}`,
    );
}

/** A word quoted for a shell, with paths as short as possible. */
function quoted(word: string): string {
  const short = word.startsWith("/") ? shortest(word) : word;
  return /^[\w./:=-]+$/.test(short) ? short : `'${short}'`;
}

function shortest(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length && !near.startsWith("..") ? near : path;
}
