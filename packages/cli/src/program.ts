import { isError, OmnigraphError, writeJson } from "@omnigraph/base";
import { Command, CommanderError } from "commander";
import { COMMANDS, GROUPS } from "./commands.ts";
import { withEveryCommand } from "./options.ts";
import type { Context } from "./context.ts";
import { report, withoutBreaks } from "./failure.ts";
import { lines } from "./output/shown.ts";
import { Settings } from "./settings.ts";
import { processTerminal, ReaderLeft, type Terminal } from "./terminal.ts";
import { VERSION_TEXT } from "./version.ts";

const EXIT_ERROR = 1;
const EXIT_USAGE = 2;
/** 128 + SIGINT, as in shells. */
const EXIT_INTERRUPTED = 130;

/** Runs one command line and answers the exit code: 0 ok, 1 error, 2 usage, 4 precondition, 75 refused before any effect. */
export async function run(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once("SIGINT", interrupt);
  let code = 0;
  const json = argv.includes("--json");
  const silent = json || argv.includes("--quiet");
  const context: Context = {
    terminal,
    signal: controller.signal,
    settings: new Settings(process.env, async (warning) => (silent ? undefined : terminal.err.say(warning))),
    exit: (other) => void (code = other),
    run: (other) => run(other, terminal),
  };
  const words = commandFirst(argv);
  try {
    const program = await build(words, context);
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (thrown) {
    return await failed(thrown, { json, interrupted: controller.signal.aborted, terminal, argv });
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** Ends the process after an uncaught error, with a message and without a stack. */
export async function surrender(thrown: unknown, argv: readonly string[]): Promise<never> {
  const json = argv.includes("--json");
  process.exit(await failed(thrown, { json, interrupted: false, terminal: processTerminal(), argv }));
}

/** Options that may stand before the command, with their values. */
const BEFORE: ReadonlySet<string> = new Set(["--store", "--as", "--server", "--graph", "--profile"]);

/** Moves options of graphs and writes that are given before the command behind it, where they are declared. */
function commandFirst(argv: readonly string[]): readonly string[] {
  let end = 0;
  for (;;) {
    const word = argv[end];
    if (word === "--quiet" || word === "--json" || /^--(store|as|server|graph|profile)=/.test(word ?? ""))
      end++;
    else if (BEFORE.has(word ?? "")) end += 2;
    else break;
  }
  const words = argv.slice(end);
  const plain = words.indexOf("--");
  return words.toSpliced(plain === -1 ? words.length : plain, 0, ...argv.slice(0, end));
}

interface Failing {
  readonly json: boolean;
  readonly interrupted: boolean;
  readonly terminal: Terminal;
  readonly argv: readonly string[];
}

async function failed(thrown: unknown, { json, interrupted, terminal, argv }: Failing): Promise<number> {
  try {
    if (thrown instanceof ReaderLeft) return 0;
    if (thrown instanceof CommanderError) return await usage(thrown, json, terminal);
    if (!interrupted || isError(thrown, "outcome_unknown")) return await report(thrown, json, terminal, argv);
    const stopped = new OmnigraphError("aborted", "interrupted: nothing was left half done");
    await (json
      ? terminal.err.data(`${writeJson(stopped)}\n`)
      : terminal.err.say(lines(`${stopped.message}\n`)));
    return EXIT_INTERRUPTED;
  } catch (unsaid) {
    // Standard error is not read either.
    if (unsaid instanceof ReaderLeft) return EXIT_ERROR;
    throw unsaid;
  }
}

async function usage(thrown: CommanderError, json: boolean, terminal: Terminal): Promise<number> {
  if (thrown.exitCode === 0) return 0;
  const message =
    thrown.code === "commander.help"
      ? "no command named: see omnigraph --help"
      : thrown.message.replace(/^error: /, "");
  if (json)
    await terminal.err.data(`${JSON.stringify({ error: message, code: "bad_request", reason: "usage" })}\n`);
  return EXIT_USAGE;
}

/** The program with the requested command in full and the names of the others, which is enough for help and suggestions. */
async function build(argv: readonly string[], context: Context): Promise<Command> {
  const program = new Command("omnigraph")
    .description("A typed property-graph database with commits, authors and branches.")
    .version(VERSION_TEXT.trimEnd(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print help")
    // What comes after a command is the command's: `adopt` has a `--version` of its own.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph demo\n  omnigraph init --schema schema.pg ./my.omni\n" +
        "  omnigraph load --data data.jsonl --mode merge ./my.omni\n" +
        "  omnigraph query ./my.omni -e 'match { $p: Person } return { $p.name }'",
    );
  const wanted = argv.find((word) => COMMANDS.some((c) => c.name === word || c.alias === word));
  for (const entry of COMMANDS) {
    const command = new Command(entry.name).summary(entry.summary);
    if (entry.alias !== undefined) command.alias(entry.alias);
    command.helpGroup(GROUPS[entry.group]);
    if (wanted !== undefined && (entry.name === wanted || entry.alias === wanted))
      (await entry.load())(command, context);
    program.addCommand(command);
  }
  harden(program, context.terminal, argv);
  return program;
}

/** Makes a command throw errors instead of exiting, and write to the given terminal. */
function harden(command: Command, terminal: Terminal, argv: readonly string[]): void {
  const quietErrors = argv.includes("--json");
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => terminal.out.mention(lines(text)),
    writeErr: (text) => void (quietErrors || terminal.err.mention(lines(withoutBreaks(text, argv)))),
    getOutHelpWidth: () => terminal.width ?? 100,
  });
  command.showSuggestionAfterError();
  if (command.options.some(({ long }) => long === "--store")) withEveryCommand(command);
  for (const child of command.commands) harden(child, terminal, argv);
}
