import { OmnigraphError } from "@omnigraph/base";
import type { Context } from "./context.ts";
import { STDIN } from "./files.ts";
import { shown } from "./output/shown.ts";

/** Addresses of stores that others share, and of servers. */
const SHARED = /^(?:s3|https?):/i;

/** Asks for confirmation of a destructive write to a shared store; `--yes` confirms it too. Errors: `usage`. */
export async function confirmed(
  { terminal, signal }: Context,
  options: {
    readonly yes?: boolean;
    readonly json?: boolean;
    readonly data?: string;
    readonly resolutions?: string;
  },
  uri: string,
  /** The question, which says what would be done. */
  question: string,
): Promise<void> {
  if (options.yes === true || !SHARED.test(uri)) return;
  const readsStdin = options.data === STDIN || options.resolutions === STDIN;
  const canAsk = terminal.interactive && options.json !== true && !readsStdin && process.stdin.isTTY;
  if (canAsk) {
    const answer = await terminal.err.ask(shown`${question} [y/N] `, terminal.input, signal);
    if (/^y(es)?$/i.test(answer.trim())) return;
  }
  throw new OmnigraphError(
    "usage",
    `not confirmed: give --yes to change ${uri} without a question; nothing was changed`,
  );
}
