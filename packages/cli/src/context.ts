import { writeJson } from "@omnigraph/base";
import { type Shown, shown } from "./output/shown.ts";
import type { Settings } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** The options of every command. */
export interface GlobalOptions {
  readonly store?: string;
  /** As `store`. */
  readonly uri?: string;
  /** Name or address of a server. */
  readonly server?: string;
  /** Id of a graph of it. */
  readonly graph?: string;
  readonly profile?: string;
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
 * The author of a write: `--as`, else OMNIGRAPH_ACTOR, else `operator.actor` of the configuration file, else none. On a server it is that of the token, and
 * naming another one is refused.
 */
export async function authorOf(
  { settings }: Context,
  options: GlobalOptions,
  place?: { readonly kind: "store" | "server" },
): Promise<string | undefined> {
  return options.as ?? (place?.kind === "server" ? undefined : settings.actor());
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
