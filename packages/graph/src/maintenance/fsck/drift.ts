import { counted } from "@omnigraph/base";
import type { LayerDrift, LayerEntry, LayerProblem } from "@omnigraph/storage";
import type { FindingClass } from "@omnigraph/wire";

/** Lance does not tell damage from a failing store. */
const DOUBT = "it is damaged, or the store fails";

/** Ids that are named. */
const NAMED = 3;

/** What a finding says of a table that others have written to; null where nobody has, or where its damage is told by itself. */
export function driftFinding(
  { version }: LayerEntry,
  drift: LayerDrift,
): { readonly class: FindingClass; readonly problem: string } | null {
  const { kind, head, added, removed, changed, columns, problem } = drift;
  const since = `others have written versions after ${version}, which the graph reads, the newest is ${head}`;
  switch (kind) {
    case "no_drift":
    case "missing":
      return null;
    case "maintenance":
      return { class: "table_rewritten", problem: `${since}; it has the same rows` };
    case "unknown": {
      const untold =
        head === null || head === version
          ? "it could not be told whether others have written to it"
          : `${since}; it could not be told what they did`;
      return { class: "table_changed", problem: `${untold}: ${problem}; ${DOUBT}` };
    }
    case "rows_changed": {
      const parts = [
        ...partOf("added", added),
        ...partOf("removed", removed),
        ...partOf("changed", changed),
        ...(columns.length === 0 ? [] : [`other columns: ${columns.join(", ")}`]),
      ];
      return { class: "table_changed", problem: `${since}; ${parts.join("; ")}` };
    }
  }
}

function partOf(what: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const named = ids.slice(0, NAMED).map((id) => JSON.stringify(id));
  const more = ids.length > NAMED ? ", …" : "";
  return [`${counted(ids.length, "row")} ${what} (${named.join(", ")}${more})`];
}

/** Whether a table has been found to be such that others' versions of it do not matter. */
export function isLost(problems: readonly LayerProblem["kind"][]): boolean {
  return problems.some((kind) => kind === "table_missing" || kind === "table_damaged");
}
