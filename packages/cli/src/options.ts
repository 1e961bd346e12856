import { OmnigraphError } from "@omnigraph/base";
import { type Command, Option } from "commander";

/** The options that every command on a graph has. */
export function withTarget(command: Command): Command {
  return command
    .option("--store <uri>", "address of the graph: a folder, s3://bucket/prefix or memory://name")
    .addOption(new Option("--uri <uri>", "as --store").hideHelp())
    .option("--branch <name>", "branch", "main");
}

/** The address of the graph, for commands whose first arguments are something else: behind them, or as an option. */
export function withAddress(command: Command): Command {
  return command
    .argument("[uri]", "address of the graph")
    .option("--uri <uri>", "address of the graph")
    .option("--store <uri>", "address of the graph");
}

/** The options that name a graph of a server, for commands that work there too. */
export function withServer(command: Command): Command {
  return command
    .option("--server <name|url>", "a server, by its name in the configuration file or its address")
    .option("--graph <id>", "a graph of the server")
    .option("--profile <name>", "a graph that the configuration file names");
}

/** How a commit is named on the command line, for help. */
export const COMMIT = "a commit: its id, the first digits of it, a branch (its newest), or main~2";

/** The options that every write has. */
export function withWrite(command: Command): Command {
  return command
    .option("--as <actor>", "author of the commit")
    .option("--message <text>", "why: kept with the commit")
    .option("--op <name>", "identity of the write across retries: a repeat answers the first one's commit")
    .option("--quiet", "no echo of the target, no progress");
}

/**
 * Adds the options that scripts may give to every command on a graph, even if the command does not use them: the author, and two about prompts and
 * echoes. Help shows them only where they have an effect.
 */
export function withEveryCommand(command: Command): void {
  const silent = [
    new Option("--as <actor>"),
    new Option("--quiet"),
    new Option("--yes"),
    // What works on the store of a graph alone says so.
    new Option("--server <name|url>"),
    new Option("--graph <id>"),
    new Option("--profile <name>"),
  ];
  for (const option of silent) {
    if (!command.options.some(({ long }) => long === option.long)) command.addOption(option.hideHelp());
  }
}

export function withJson(command: Command): Command {
  return command.option("--json", "answer as one JSON object");
}

/** Reads a whole number from 1 that is given to an option. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (Number.isSafeInteger(n) && n >= 1) return n;
    throw new OmnigraphError("usage", `${option} takes a whole number from 1, not ${text}`);
  };
}

/** Gathers an option that may be given several times. */
export function also(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
