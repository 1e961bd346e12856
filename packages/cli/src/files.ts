import { readFile } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { isError, OmnigraphError, type Reason } from "@omnigraph/base";

/** The file name that means standard input. */
export const STDIN = "-";

/** A text file named on the command line, or standard input where the name is `-`. Errors: `file_unreadable`. */
export async function readInput(
  { terminal, signal }: { readonly terminal: { readonly input: Readable }; readonly signal: AbortSignal },
  path: string,
  what: string,
): Promise<string> {
  if (path !== STDIN) return textOf(readFile(path), path, what);
  // An open input stream would keep the process alive.
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

/** The name of an input for messages. */
export function inputName(path: string): string {
  return path === STDIN ? "<standard input>" : path;
}

/** Standard input can be read once. Errors: `usage` where two options ask for it. */
export function checkOneInput(
  ...asked: readonly (readonly [option: string, path: string | undefined])[]
): void {
  const both = asked.filter(([, path]) => path === STDIN).map(([option]) => option);
  if (both.length > 1)
    throw new OmnigraphError(
      "usage",
      `standard input is asked for twice: ${both.join(" and ")}; give one of them a file`,
    );
}

/** An error for a failure of the file system, with the text of the system. */
export function fileError(reason: Reason, what: string, cause: unknown): OmnigraphError {
  const detail = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new OmnigraphError(reason, `${what}: ${FILE_WORDS[detail] ?? detail}`, { cause });
}

/** An error about the content of a file, with the name of the file before its message. */
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
