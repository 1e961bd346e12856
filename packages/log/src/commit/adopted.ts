import type { CommitChanges } from "./header.ts";

const NONE: ReadonlySet<string> = new Set();

/** Staging ids of the tables that changes adopt: the attempts that they come from. */
export function adoptedBy(changes: CommitChanges): ReadonlySet<string> {
  if (changes.kind === "layers") return new Set(changes.layers.map(({ staging }) => staging));
  if (changes.kind !== "fold") return NONE;
  return new Set(changes.runs.flatMap(({ layer }) => (layer === null ? [] : [layer.staging])));
}
