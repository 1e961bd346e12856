import { writeFile } from "node:fs/promises";
import { OmnigraphError } from "@omnigraph/base";
import { formatQueries, formatSchema } from "@omnigraph/language";
import { Option } from "commander";
import type { Context } from "../context.ts";
import type { Define } from "../define.ts";
import { fileError, inputName, readInput, STDIN } from "../files.ts";
import { shown } from "../output/shown.ts";

type Language = "pg" | "gq";

interface Options {
  readonly check?: boolean;
  readonly language?: Language;
}

interface Formatted {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export const define: Define = (command, context) => {
  command
    .description("Formats .pg and .gq files in place; comments stay.")
    .argument("<files...>", "files to format, or - to format standard input to standard output")
    .option("--check", "change nothing; exit with 1 when a file is not formatted")
    .addOption(
      new Option(
        "--language <language>",
        "what standard input holds; its first word tells it otherwise",
      ).choices(["pg", "gq"]),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph fmt schema.pg queries.gq\n  omnigraph fmt - < queries.gq > formatted.gq",
    )
    .action(async (files: readonly string[], options: Options) => {
      if (files.includes(STDIN) && files.length > 1)
        throw new OmnigraphError("usage", "standard input is formatted alone: name either - or files");
      if (options.language !== undefined && !files.includes(STDIN))
        throw new OmnigraphError("usage", "--language goes with -: the names of files say what they hold");
      const formatted = await Promise.all(files.map((path) => formatFile(context, path, options.language)));
      for (const one of formatted) await finish(context, one, options.check === true);
      const different = formatted.some(({ before, after }) => before !== after);
      if (options.check === true && different) context.exit(1);
    });
};

async function finish(
  { terminal }: Context,
  { path, before, after }: Formatted,
  check: boolean,
): Promise<void> {
  if (path === STDIN && !check) return terminal.out.data(after);
  if (before === after) return;
  if (check) return terminal.out.say(shown`not formatted: ${inputName(path)}\n`);
  await save(path, after);
  return terminal.out.say(shown`formatted: ${path}\n`);
}

async function formatFile(context: Context, path: string, asked: Language | undefined): Promise<Formatted> {
  const before = await readInput(context, path, "file");
  const source = { file: inputName(path), text: before };
  const language = path === STDIN ? (asked ?? languageOf(before)) : path.slice(path.lastIndexOf(".") + 1);
  if (language === "pg") return { path, before, after: formatSchema(source) };
  if (language === "gq") return { path, before, after: formatQueries(source) };
  throw new OmnigraphError("usage", `${path}: the name must end in .pg (a schema) or .gq (queries)`);
}

/** A schema begins with a declaration; comments may stand before it. */
function languageOf(text: string): Language {
  return /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*(?:node|edge|interface)\b/.test(text) ? "pg" : "gq";
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw fileError("file_unreadable", `cannot write ${path}`, cause);
  }
}
