import { isError, OmnigraphError, visible, writeJson } from "@omnigraph/base";
import pc from "picocolors";
import { lines, painted, type Shown, shown } from "./output/shown.ts";
import type { Terminal } from "./terminal.ts";

/** Any thrown value as an OmnigraphError. A foreign one is a fault of the software; its stack is not shown. */
function asError(thrown: unknown): OmnigraphError {
  if (isError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OmnigraphError("internal", message, { cause: thrown });
}

/** Prints the warnings of a successful call on standard error, for people; JSON answers have them as a member. */
export async function warn(warnings: readonly string[], json: boolean, terminal: Terminal): Promise<void> {
  if (json) return;
  const colors = pc.createColors(terminal.interactive && process.env["NO_COLOR"] === undefined);
  for (const warning of warnings)
    await terminal.err.say(shown`${painted(colors.yellow, shown`warning`)}: ${warning}\n`);
}

/** Removes line ends from quoted words of the command line in a message. */
export function withoutBreaks(message: string, argv: readonly string[]): string {
  const behindBreaks = argv.flatMap((word) => word.split("\n").slice(1)).filter((rest) => rest !== "");
  return behindBreaks.reduce((text, rest) => text.replaceAll(`\n${rest}`, visible(`\n${rest}`)), message);
}

/** Whether a message already has its remedy: it ends with it, or each place that it lists has its own. */
function saysRemedy(message: string, remedy: string): boolean {
  const said = remedy.replace(/\.$/u, "").toLowerCase();
  return message.toLowerCase().includes(said) || message.includes("\n  help: ");
}

/** Prints a failure on standard error, for people or as one JSON object, and answers the exit code. */
export async function report(
  thrown: unknown,
  json: boolean,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> {
  const error = asError(thrown);
  if (json) {
    await terminal.err.data(`${writeJson(error.toJSON())}\n`);
  } else {
    const colors = pc.createColors(terminal.interactive && process.env["NO_COLOR"] === undefined);
    const { remedy } = error.entry;
    const help: Shown | string = saysRemedy(error.message, remedy)
      ? ""
      : shown`${painted(colors.cyan, shown`help`)}: ${remedy}\n`;
    await terminal.err.say(
      shown`${painted(colors.red, shown`error`)}[${error.reason}]: ${lines(withoutBreaks(error.message, argv))}\n${help}`,
    );
  }
  return error.entry.exit;
}
