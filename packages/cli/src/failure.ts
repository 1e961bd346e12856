import { isError, OmnigraphError, writeJson } from "@omnigraph/base";
import pc from "picocolors";
import { type Terminal, write } from "./terminal.ts";

/** Any thrown value as an error of ours; what is not ours is a fault of the software and shows no stack. */
function asError(thrown: unknown): OmnigraphError {
  if (isError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OmnigraphError("internal", message, { cause: thrown });
}

/** Prints what is amiss with a call that went well on standard error, for people; JSON answers have it as a member. */
export async function warn(warnings: readonly string[], json: boolean, terminal: Terminal): Promise<void> {
  if (json) return;
  const colors = pc.createColors(terminal.interactive && process.env["NO_COLOR"] === undefined);
  for (const warning of warnings) await write(terminal.err, `${colors.yellow("warning")}: ${warning}\n`);
}

/** Prints a failure on standard error, for people or as one JSON object, and answers the exit code. */
export async function report(thrown: unknown, json: boolean, terminal: Terminal): Promise<number> {
  const error = asError(thrown);
  if (json) {
    await write(terminal.err, `${writeJson(error.toJSON())}\n`);
  } else {
    const colors = pc.createColors(terminal.interactive && process.env["NO_COLOR"] === undefined);
    const help = error.message.includes(error.entry.remedy)
      ? ""
      : `${colors.cyan("help")}: ${error.entry.remedy}\n`;
    await write(terminal.err, `${colors.red("error")}[${error.reason}]: ${error.message}\n${help}`);
  }
  return error.entry.exit;
}
