import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import { isError, OmnigraphError, type Reason, writeJson } from "@omnigraph/base";
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
  /** Sets the exit code of a command whose answer is no success, such as a report that found something. */
  readonly exit: (code: number) => void;
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
  return textOf(readFile(path), path, what);
}

/** A text file named on the command line, or standard input where the name is `-`. */
export async function readInput({ terminal, signal }: Context, path: string, what: string): Promise<string> {
  if (path !== "-") return readText(path, what);
  // An input that waits for more would keep the process.
  return textOf(buffer(addAbortSignal(signal, terminal.input)), "of standard input", what);
}

async function textOf(content: Promise<Uint8Array>, path: string, what: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await content;
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

/** A failure of what a file holds, with the file's name before its message. */
export function inFile(file: string, cause: unknown): unknown {
  if (!isError(cause)) return cause;
  return new OmnigraphError(cause.reason, `${file}: ${cause.message}`, { details: cause.details, cause });
}

const FILE_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "access is denied",
  EEXIST: "it is there already",
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

/** Prints the answer: as one JSON object with --json, else as text for people. */
export async function say(
  { terminal }: Context,
  options: GlobalOptions,
  answer: object,
  text: string,
): Promise<void> {
  await write(terminal.out, options.json === true ? `${writeJson(answer, 2)}\n` : text);
}
