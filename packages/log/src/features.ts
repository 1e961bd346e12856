import { OmnigraphError } from "@omnigraph/base";
import type { Fail, Fields } from "./json-fields.ts";

/** Format features that a reader of an object must know, and those that a writer of later objects must know. */
export type Needs = { readonly read: readonly string[]; readonly write: readonly string[] };

/** What this version's own objects need. */
export const NO_NEEDS: Needs = { read: [], write: [] };

/** Rows with lists or vectors whose nulls have no entry: `docs/formats/rows.md`. */
export const PACKED = "packed";

/** Commits that put one layer in the place of pieces: `docs/formats/commit.md`. */
export const FOLD = "fold";

/** Commits whose changes cleanup has reclaimed: `docs/formats/commit.md`. */
export const STUB = "stub";

/** Rows that name content which lies beside the tables: `docs/formats/layers.md`. */
export const BLOBS = "blobs";

/** Features beyond the first version of the format that this version knows. */
const KNOWN: ReadonlySet<string> = new Set([PACKED, FOLD, STUB, BLOBS]);

/** Reads the `needs` of an object and refuses what this version does not know: `format_newer`, with the place. */
export function checkNeeds(fields: Fields, access: "read" | "write", place: string): void {
  const needs = fields.fields("needs");
  const required = [...needs.texts("read"), ...(access === "write" ? needs.texts("write") : [])];
  const unknown = required.filter((feature) => !KNOWN.has(feature));
  if (unknown.length === 0) return;
  const readable = needs.texts("read").every((feature) => KNOWN.has(feature));
  throw new OmnigraphError(
    "format_newer",
    `${place} needs what this version does not know: ${unknown.join(", ")}; upgrade omnigraph${readable ? ", or open the graph for reading only" : ""}`,
    { details: { place, features: unknown } },
  );
}

/** Fails the encoding of what no reader would accept: writers run the reader's own checks before they encode. */
export function unreadable(what: string): Fail {
  return (problem) => {
    throw new OmnigraphError("internal", `nobody could read this ${what}: ${problem}; nothing was written`, {
      details: { problem },
    });
  };
}

/** The remedy where an object is missing that others name. */
export const MISSING_REMEDY =
  "restore it from a backup, or, where this is a copy that was made while the graph was written, copy the graph again";

/** Reports a damaged object of the log. */
export function corruptLog(place: string): Fail {
  return (problem) => {
    throw new OmnigraphError(
      "log_corrupt",
      `${place} is no valid commit object: ${problem}; restore it from a backup`,
      { details: { place } },
    );
  };
}
