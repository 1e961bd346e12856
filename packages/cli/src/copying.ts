import { counted, given } from "@omnigraph/base";
import type { BackupOptions } from "omnigraph";
import { type BackupAnswer, backupJson } from "@omnigraph/wire";
import type { Command } from "commander";
import { type Context, type GlobalOptions, say } from "./context.ts";
import { type Shown, shown } from "./output/shown.ts";

/** The options of commands that copy a graph. */
export interface CopyingOptions extends GlobalOptions {
  readonly branch?: readonly string[];
  readonly verify?: boolean;
}

const PROGRESS_EVERY_MS = 2000;

export function withCopying(command: Command): Command {
  const gathered = (name: string, before: readonly string[] = []): readonly string[] => [...before, name];
  return command
    .option(
      "--branch <name>",
      "only this branch, with what it stands on; may be given again (default: all)",
      gathered,
    )
    .option("--verify", "read every object of the copy back, and compare it with the graph")
    .option("--quiet", "no progress");
}

/** The options of the library's call. */
export function copyOptions(context: Context, options: CopyingOptions): BackupOptions {
  const isQuiet = options.quiet === true || options.json === true;
  let last = Date.now();
  return {
    ...given({ branches: options.branch, verify: options.verify }),
    signal: context.signal,
    onProgress: ({ objects, bytes }) => {
      if (isQuiet || Date.now() - last < PROGRESS_EVERY_MS) return;
      last = Date.now();
      context.terminal.err.mention(shown`${counted(objects, "object")}, ${sizeText(bytes)} copied\n`);
    },
  };
}

/** Prints what was copied. */
export function sayCopied(
  context: Context,
  options: GlobalOptions,
  answer: BackupAnswer,
  from: string,
): Promise<void> {
  return say(context, options, backupJson(answer, from), describe(answer));
}

function describe(answer: BackupAnswer): Shown {
  const { uri, branches, objectsCopied, bytesCopied, verified } = answer;
  const what =
    objectsCopied === 0
      ? shown`nothing new`
      : shown`${counted(objectsCopied, "object")}, ${sizeText(bytesCopied)}`;
  const checked = verified ? shown`; all of it was read back and is the same` : shown``;
  return shown`${uri} has ${counted(branches.length, "branch", "branches")}: ${what}${checked}\n`;
}

function sizeText(bytes: number): string {
  return bytes < 1e5 ? counted(bytes, "byte") : `${(bytes / 1e6).toFixed(1)} MB`;
}
