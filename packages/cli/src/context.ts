import { readFile } from "node:fs/promises";
import { OmnigraphError, type Reason } from "@omnigraph/base";
import type { Terminal } from "./terminal.ts";
import { write } from "./terminal.ts";

/** Options that go with every command. */
export interface GlobalOptions {
  readonly store?: string;
  readonly as?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What a command's action is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Stops long work: set by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Runs another command line on the same terminal and answers its exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>;
}

/** The graph's address: `--store`, or the positional one; one of them, once. */
export function storeOf(options: GlobalOptions, positional?: string): string {
  if (options.store !== undefined && positional !== undefined) {
    throw new OmnigraphError(
      "usage",
      `the graph is named twice: ${positional} and --store ${options.store}; give one`,
    );
  }
  const uri = options.store ?? positional;
  if (uri === undefined)
    throw new OmnigraphError("usage", "no graph named: give its address, or --store <URI>");
  return uri;
}

/** A text file named on the command line. */
export async function readText(path: string, what: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw fileError("file_unreadable", `cannot read the ${what} ${path}`, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new OmnigraphError("file_unreadable", `the ${what} ${path} is no text in UTF-8`, { cause });
  }
}

/** A failure of the file system with the system's own words. */
export function fileError(reason: Reason, what: string, cause: unknown): OmnigraphError {
  const detail = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new OmnigraphError(reason, `${what}: ${FILE_WORDS[detail] ?? detail}`, { cause });
}

const FILE_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "access is denied",
};

/** Tells which graph a write goes to, on standard error; not with --quiet or --json. */
export async function echoTarget(
  context: Context,
  options: GlobalOptions,
  uri: string,
  branch: string,
): Promise<void> {
  if (options.quiet === true || options.json === true) return;
  await write(context.terminal.err, `target: ${uri} branch ${branch}\n`);
}
