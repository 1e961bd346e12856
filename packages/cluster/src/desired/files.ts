import type { ClusterDiagnosticJson } from "@omnigraph/wire";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A text file of a cluster's folder, or what is wrong with it. */
export type ReadText =
  | { readonly text: string }
  | { readonly text: null; readonly isMissing: boolean; readonly why: string };

/** Reads a text file. */
export async function readText(path: string): Promise<ReadText> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    return unreadable(path, cause);
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { text: null, isMissing: false, why: `${path} is no text in UTF-8` };
  }
}

/** The paths of the query files in a folder, in order of their names, or what is wrong with it. */
export async function queryPaths(
  folder: string,
): Promise<{ readonly paths: readonly string[] } | { readonly paths: null; readonly why: string }> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".gq"));
    return { paths: names.toSorted().map((name) => join(folder, name)) };
  } catch (cause) {
    return { paths: null, why: unreadable(folder, cause).why };
  }
}

/** An error in the folder of a cluster. */
export function problem(code: string, path: string, message: string): ClusterDiagnosticJson {
  return { code, severity: "error", path, message };
}

function unreadable(
  path: string,
  cause: unknown,
): { readonly text: null; readonly isMissing: boolean; readonly why: string } {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const isMissing = code === "ENOENT" || code === "ENOTDIR";
  return { text: null, isMissing, why: `${path} ${isMissing ? "is not there" : `cannot be read: ${code}`}` };
}
