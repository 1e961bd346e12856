import { isError, OmnigraphError } from "@omnigraph/base";
import { readFile } from "node:fs/promises";

export function textsOf(
  paths: readonly string[],
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  return Promise.all(paths.map(async (path) => ({ path, text: await textOf(path) })));
}

/** The text of a file of the server's. Errors: `file_unreadable`. */
export async function textOf(path: string): Promise<string> {
  const bytes = await orUnreadable(path, readFile(path));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new OmnigraphError("file_unreadable", `${path} is no text in UTF-8`, { cause });
  }
}

/** Errors: `file_unreadable`. */
export async function orUnreadable<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (isError(cause)) throw cause;
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new OmnigraphError("file_unreadable", `cannot read ${path}: ${why}`, { cause, details: { path } });
  }
}
