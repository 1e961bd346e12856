import { unreachable, writeJson } from "@omnigraph/base";
import { countsJson, diffChangeJson } from "@omnigraph/wire";
import type { ChangedEntity, Diff } from "omnigraph";
import { type Difference, differences, type ShowValue } from "./differences.ts";
import type { ShowValuesOf } from "./values.ts";

export const DIFF_HEAD: readonly string[] = ["op", "type", "id", "property", "before", "after"];

const PIECE_LENGTH = 1 << 16;
const STEP = 2;

/** Rows for people: one for each property that differs; a deleted entity is one. */
export async function* diffRows(
  changes: AsyncIterable<ChangedEntity>,
  show: ShowValuesOf,
): AsyncGenerator<readonly string[]> {
  for await (const change of changes) {
    const name = [change.op, change.type.name, change.id];
    const listed = listedOf(change, show(change.kind, change.type.name));
    for (const { name: property, before, after } of listed) yield [...name, property, before, after];
  }
}

/** The diff as one JSON object, in pieces: it is never whole in memory. `null` for the changes leaves them out. */
export async function* diffJson(
  diff: Diff,
  changes: AsyncIterable<ChangedEntity> | null,
): AsyncGenerator<string> {
  const head = writeJson({ from: diff.from, to: diff.to, stat: countsJson(diff.stat) }, STEP);
  if (changes === null) {
    yield `${head}\n`;
    return;
  }
  let piece = `${head.slice(0, -"\n}".length)},\n  "changes": [`;
  let separator = "\n    ";
  for await (const change of changes) {
    piece += separator + writeJson(diffChangeJson(change), STEP).replaceAll("\n", "\n    ");
    separator = ",\n    ";
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  const empty = separator.startsWith("\n");
  yield `${piece}${empty ? "" : "\n  "}]\n}\n`;
}

function listedOf({ op, before, after }: ChangedEntity, show: ShowValue): readonly Difference[] {
  const none: Difference = { name: "", before: "", after: "" };
  switch (op) {
    case "insert": {
      const values = differences(null, after, show).map((value) => ({ ...value, before: "" }));
      return values.length === 0 ? [none] : values;
    }
    case "update":
      return differences(before, after, show);
    case "delete": {
      const ends = before?.endpoints ?? null;
      return [ends === null ? none : { ...none, before: `${ends.from} -> ${ends.to}` }];
    }
    default:
      return unreachable(op);
  }
}
