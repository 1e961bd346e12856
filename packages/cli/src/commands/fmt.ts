import { writeFile } from "node:fs/promises";
import { OmnigraphError } from "@omnigraph/base";
import { formatQueries, formatSchema } from "@omnigraph/language";
import type { Define } from "../define.ts";
import { fileError, readText } from "../context.ts";
import { write } from "../terminal.ts";

interface Options {
  readonly check?: boolean;
}

export const define: Define = (command, context) => {
  command
    .description("Formats .pg and .gq files in place; comments stay.")
    .argument("<files...>", "files to format")
    .option("--check", "change nothing; exit with 1 when a file is not formatted")
    .addHelpText("after", "\nExample:\n  omnigraph fmt schema.pg queries.gq")
    .action(async (files: readonly string[], options: Options) => {
      const formatted = await Promise.all(files.map(formatFile));
      const different = formatted.filter((f) => f.before !== f.after);
      for (const { path, after } of different) {
        if (options.check !== true) await save(path, after);
        await write(
          context.terminal.out,
          `${options.check === true ? "not formatted" : "formatted"}: ${path}\n`,
        );
      }
      if (options.check === true && different.length > 0) context.exit(1);
    });
};

async function formatFile(path: string): Promise<{ path: string; before: string; after: string }> {
  const before = await readText(path, "file");
  const source = { file: path, text: before };
  if (path.endsWith(".pg")) return { path, before, after: formatSchema(source) };
  if (path.endsWith(".gq")) return { path, before, after: formatQueries(source) };
  throw new OmnigraphError("usage", `${path}: the name must end in .pg (a schema) or .gq (queries)`);
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw fileError("file_unreadable", `cannot write ${path}`, cause);
  }
}
