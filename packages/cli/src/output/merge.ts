import { counted } from "@omnigraph/base";
import { conflictJson } from "@omnigraph/wire";
import type { MergeAnswer, MergeConflict, MergePreview, MergeProspect, RevertAnswer } from "omnigraph";
import type { Terminal } from "../terminal.ts";
import { conflictsText } from "./conflicts.ts";
import { countsText } from "./counts.ts";
import { stepLines } from "./migration.ts";
import { joined, type Shown, shown } from "./shown.ts";
import type { ShowValuesOf } from "./values.ts";

export function mergeText(answer: MergeAnswer): Shown {
  const { source, target, outcome, commit, resolved, branchDeleted, branchDeleteError } = answer;
  const how = outcome === "fast_forward" ? " (fast forward)" : "";
  const done =
    commit === null
      ? shown`${target} is up to date: it holds all of ${source}\n`
      : shown`merged ${source} into ${target}${how}, commit ${commit.id}\n`;
  const kept =
    branchDeleted === false ? shown`${source} is still there: ${branchDeleteError ?? "not deleted"}\n` : "";
  return shown`${done}${decidedText(resolved)}${branchDeleted === true ? shown`deleted ${source}\n` : kept}`;
}

export function revertText({ branch, reverted, commit, resolved }: RevertAnswer): Shown {
  const done =
    commit === null
      ? shown`nothing is left on ${branch} of what ${reverted} changed\n`
      : shown`took back ${reverted} on ${branch}, commit ${commit.id}\n`;
  return joined([done, decidedText(resolved)]);
}

const PROSPECT: Readonly<Record<MergeProspect, string>> = {
  nothing: "nothing to do",
  fast_forward: "would fast forward",
  merge: "would merge",
  conflict: "would conflict",
};

/** What would happen, what would change, then what is in the way. */
export function previewText(preview: MergePreview, show: ShowValuesOf, terminal: Terminal): Shown {
  const { source, target, would, bases, schemaSteps, changes, resolved, conflicts, unused } = preview;
  const none = conflicts.length === 0 && schemaSteps.length === 0 ? shown`nothing would change\n` : "";
  const counts = changes.length === 0 ? none : countsText(changes, terminal);
  const open =
    conflicts.length === 0
      ? ""
      : shown`\n${conflictsText(conflicts.map(conflictJson), show, terminal)}\n${numbered(conflicts)} to decide: --strategy ours or theirs for all, --resolutions <file> for single ones\n`;
  const idle = joined(unused.map(({ message }) => shown`of no use so far: ${message}\n`));
  return shown`${source} into ${target}: ${PROSPECT[would]}, from base ${bases.join(" and ")}\n${stepLines(schemaSteps)}${counts}${decidedText(resolved)}${open}${idle}`;
}

function decidedText(resolved: readonly MergeConflict[]): Shown {
  return resolved.length === 0 ? joined([]) : shown`${numbered(resolved)} decided\n`;
}

function numbered({ length }: readonly MergeConflict[]): string {
  return counted(length, "conflict");
}
