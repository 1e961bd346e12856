import { OmnigraphError, writeJson } from "@omnigraph/base";
import { type Shown, shown } from "./output/shown.ts";
import type { Settings } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** The options of every command. */
export interface GlobalOptions {
  readonly store?: string;
  /** As `store`. */
  readonly uri?: string;
  readonly as?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The context of a command's action. */
export interface Context {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly settings: Settings;
  /** Sets the exit code of a command that answers but does not succeed, such as a lint report with errors. */
  readonly exit: (code: number) => void;
  /** Runs another command line on the same terminal and answers its exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>;
}

/**
 * The address of the graph: exactly one of the positional argument, `--store` and `--uri`; else OMNIGRAPH_STORE; else `defaults.store` of the
 * configuration file. Errors: `usage`, `config_invalid`, `file_unreadable`.
 */
export async function storeOf(
  { settings }: Context,
  options: GlobalOptions,
  positional?: string,
): Promise<string> {
  const named = [
    ...(positional === undefined ? [] : [positional]),
    ...(options.store === undefined ? [] : [`--store ${options.store}`]),
    ...(options.uri === undefined ? [] : [`--uri ${options.uri}`]),
  ];
  if (named.length > 1)
    throw new OmnigraphError("usage", `the graph is named twice: ${named.join(" and ")}; give one`);
  const uri = positional ?? options.store ?? options.uri ?? (await settings.store());
  if (uri !== undefined) return uri;
  throw new OmnigraphError(
    "usage",
    "no graph named: give its address as an argument (./my.omni) or with --store <uri>, or set OMNIGRAPH_STORE, " +
      `or defaults.store in ${settings.path}`,
  );
}

/** The author of a write: `--as`, else OMNIGRAPH_ACTOR, else `operator.actor` of the configuration file, else none. */
export async function authorOf({ settings }: Context, options: GlobalOptions): Promise<string | undefined> {
  return options.as ?? settings.actor();
}

/** Prints the target of a write on standard error; not with --quiet or --json. */
export async function echoTarget(
  context: Context,
  options: GlobalOptions,
  uri: string,
  branch: string,
): Promise<void> {
  if (options.quiet === true || options.json === true) return;
  await context.terminal.err.say(shown`target: ${uri} branch ${branch}\n`);
}

/** Prints the answer: as one JSON object with --json, else as text for people. */
export async function say(
  { terminal }: Context,
  options: GlobalOptions,
  answer: object,
  text: Shown,
): Promise<void> {
  await (options.json === true ? terminal.out.data(`${writeJson(answer, 2)}\n`) : terminal.out.say(text));
}
