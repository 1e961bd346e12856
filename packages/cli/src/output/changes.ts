import { unreachable } from "@omnigraph/base";
import { formatInstant } from "@omnigraph/language";
import type { ChangeBlock, ChangeCause, ChangedEntity, EntityImage, HistoryEntry } from "omnigraph";
import { type ShowValue, valueDifferences } from "./differences.ts";
import { stepLines } from "./migration.ts";
import { joined, type Shown, shown } from "./shown.ts";
import type { ShowValuesOf } from "./values.ts";

/** Blocks for people: a line for the commit, then a line for each step of its schema, and for each change. */
export function blocksText(blocks: readonly ChangeBlock[], show: ShowValuesOf): Shown {
  return joined(
    blocks.map(
      ({ cause, schemaSteps, changes }) =>
        shown`${causeText(cause)}\n${stepLines(schemaSteps)}${joined(changes.map((change) => shown`  ${changeText(change, show)}\n`))}`,
    ),
    "\n",
  );
}

/** A history for people. */
export function historyText(entries: readonly HistoryEntry[], show: ShowValuesOf): Shown {
  return joined(
    entries.map(({ cause, message, change }) => {
      const why = message === null ? "" : `  ${JSON.stringify(message)}`;
      return shown`${causeText(cause)}${why}\n  ${changeText(change, show)}\n`;
    }),
    "\n",
  );
}

/** The time is the one that `commit list` shows and `--at` takes, not that of the first submission. */
function causeText({ commit, actor, branch, createdAt }: ChangeCause): Shown {
  const who = actor === null ? "" : ` by ${actor}`;
  return shown`commit ${commit} on ${branch}${who}, ${formatInstant(createdAt)}`;
}

function changeText(change: ChangedEntity, show: ShowValuesOf): Shown {
  const { kind, type, id, op, before, after } = change;
  const shownBy = show(kind, type.name);
  const ends = (after ?? before)?.endpoints ?? null;
  const name = `${type.name} ${id}${ends === null ? "" : ` ${ends.from} -> ${ends.to}`}`;
  switch (op) {
    case "insert":
      return shown`+ ${name}${behind(valuesText(after, shownBy))}`;
    case "delete":
      return shown`- ${name}`;
    case "update":
      return shown`~ ${name}${behind(differencesText(before, after, shownBy))}`;
    default:
      return unreachable(op);
  }
}

function valuesText(image: EntityImage | null, show: ShowValue): readonly string[] {
  return Object.entries(image?.properties ?? {})
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${show(name, value)}`);
}

function differencesText(
  before: EntityImage | null,
  after: EntityImage | null,
  show: ShowValue,
): readonly string[] {
  const values = valueDifferences(before?.properties ?? {}, after?.properties ?? {}, show);
  const differences = values.map(({ name, before: old, after: now }) => `${name}: ${old} -> ${now}`);
  const [from, to] = [before?.endpoints ?? null, after?.endpoints ?? null];
  if (from !== null && to !== null && (from.from !== to.from || from.to !== to.to))
    differences.push(`was ${from.from} -> ${from.to}`);
  return differences;
}

/** What stands behind a name, if anything does. */
function behind(texts: readonly string[]): string {
  return texts.length === 0 ? "" : `  ${texts.join(", ")}`;
}
