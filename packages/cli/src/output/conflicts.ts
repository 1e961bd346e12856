import type { EntityRefJson, MergeConflictJson, MergeConflictKind } from "omnigraph";
import type { Terminal } from "../terminal.ts";
import { differing, type Image, type ShowValue, valueText } from "./differences.ts";
import { joined, type Shown, shown } from "./shown.ts";
import { table } from "./table.ts";
import type { ShowValuesOf } from "./values.ts";

/** More conflicts of a kind than this are counted for people, not listed. */
const MAX_SHOWN = 40;
const ABSENT = "not there";
const HEAD = ["entity", "property", "base", "ours", "theirs"];

/** What each kind of conflict is, in words. */
const MEANING: Readonly<Record<MergeConflictKind, string>> = {
  divergent_insert: "both sides inserted it, differently",
  divergent_update: "both sides changed it, differently",
  delete_vs_update: "one side deleted it, the other changed it",
  orphan_edge: "an end of the edge would not be there",
  unique_violation: "the same unique values twice",
  cardinality_violation: "too many or too few edges at a node",
  value_constraint_violation: "a value that the schema refuses",
  schema_conflict: "schemas that contradict each other, or rows that do not keep one",
};

/** Conflicts for people: by kind, a line for each, then what the base and the sides hold where they differ. */
export function conflictsText(
  conflicts: readonly MergeConflictJson[],
  show: ShowValuesOf,
  terminal: Terminal,
): Shown {
  const kinds = new Map<MergeConflictKind, MergeConflictJson[]>();
  for (const conflict of conflicts) {
    const alike = kinds.get(conflict.kind);
    if (alike === undefined) kinds.set(conflict.kind, [conflict]);
    else alike.push(conflict);
  }
  const texts = [...kinds].map(([kind, alike]) => kindText(kind, alike, show, terminal));
  return joined(texts, "\n");
}

function kindText(
  kind: MergeConflictKind,
  alike: readonly MergeConflictJson[],
  show: ShowValuesOf,
  terminal: Terminal,
): Shown {
  const listed = alike.slice(0, MAX_SHOWN);
  const messages = listed.map(({ message }) => shown`  ${message}\n`);
  const left = alike.length - listed.length;
  const more = left === 0 ? "" : shown`  and ${left} more; --json lists all of them\n`;
  const rows = listed.flatMap((conflict) => rowsOf(conflict, show(conflict.entity_kind, conflict.type_name)));
  const sides = rows.length === 0 ? "" : table(HEAD, rows, terminal);
  return shown`${kind} (${alike.length}): ${MEANING[kind]}\n${joined(messages)}${more}${sides}`;
}

/** The properties in conflict. Where the whole entity is: what was changed where it is there, else all that it holds. */
function rowsOf(conflict: MergeConflictJson, show: ShowValue): string[][] {
  const { properties, base, ours, theirs } = conflict;
  const sides = [base, ours, theirs];
  const changed = differing(
    sides.filter((side) => side !== null),
    show,
  );
  const names = [properties, changed, differing(sides, show)].find(({ length }) => length > 0) ?? [];
  return names.map((name, index) => [
    index === 0 ? nameOf(conflict) : "",
    name,
    ...sides.map((side) => sideText(side, name, show)),
  ]);
}

function sideText(side: Image | null, name: string, show: ShowValue): string {
  return side === null ? ABSENT : valueText(side, name, show);
}

function nameOf({ type_name: type, entity_id: id, with: others }: MergeConflictJson): string {
  if (id !== null) return `${type} ${id}`;
  const [node] = others;
  return node === undefined ? type : `${type} of ${refText(node)}`;
}

function refText({ type_name: type, entity_id: id }: EntityRefJson): string {
  return `${type} ${id}`;
}
