import { Command, CommanderError } from "commander";
import { COMMANDS, GROUPS } from "./commands.ts";
import type { Context } from "./context.ts";
import { report } from "./failure.ts";
import { processTerminal, type Terminal, write } from "./terminal.ts";
import { VERSION_TEXT } from "./version.ts";

const EXIT_USAGE = 2;
/** 128 + SIGINT, as shells say it. */
const EXIT_INTERRUPTED = 130;

/** Runs one command line and answers the exit code: 0 ok, 1 error, 2 usage, 4 precondition. */
export async function run(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once("SIGINT", interrupt);
  const context: Context = { terminal, signal: controller.signal };
  const json = argv.includes("--json");
  try {
    const program = await build(argv, context);
    await program.parseAsync(argv, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return usage(thrown, json, terminal);
    if (controller.signal.aborted) {
      await write(terminal.err, "interrupted: nothing was left half done\n");
      return EXIT_INTERRUPTED;
    }
    return report(thrown, json, terminal);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

async function usage(thrown: CommanderError, json: boolean, terminal: Terminal): Promise<number> {
  if (thrown.exitCode === 0) return 0;
  const message = thrown.message.replace(/^error: /, "");
  if (json)
    await write(
      terminal.err,
      `${JSON.stringify({ error: message, code: "bad_request", reason: "usage" })}\n`,
    );
  return EXIT_USAGE;
}

/** The program with the command that is asked for in full, the others as names; help and suggestions need no more. */
async function build(argv: readonly string[], context: Context): Promise<Command> {
  const quietErrors = argv.includes("--json");
  const program = new Command("omnigraph")
    .description("A typed property-graph database with commits, authors and branches.")
    .version(VERSION_TEXT.trimEnd(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph demo\n  omnigraph init --schema schema.pg ./my.omni\n" +
        "  omnigraph load --data data.jsonl --mode merge ./my.omni\n" +
        "  omnigraph query --store ./my.omni -e 'query all() { match { $p: Person } return { $p.name } }'",
    );
  const wanted = argv.find((word) => COMMANDS.some((c) => c.name === word || c.alias === word));
  for (const entry of COMMANDS) {
    const command = new Command(entry.name).summary(entry.summary);
    if (entry.alias !== undefined) command.alias(entry.alias);
    command.helpGroup(GROUPS[entry.group]);
    if (entry.name === wanted || entry.alias === wanted) (await entry.load())(command, context);
    program.addCommand(command);
  }
  harden(program, context.terminal, quietErrors);
  return program;
}

/** Errors are thrown, not exits; output goes to the terminal given. */
function harden(command: Command, terminal: Terminal, quietErrors: boolean): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void terminal.out.write(text),
    writeErr: (text) => void (quietErrors || terminal.err.write(text)),
    getOutHelpWidth: () => terminal.width ?? 100,
  });
  command.showSuggestionAfterError();
  for (const child of command.commands) harden(child, terminal, quietErrors);
}
