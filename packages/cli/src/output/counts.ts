import type { ChangeCount } from "omnigraph";
import type { Terminal } from "../terminal.ts";
import type { Shown } from "./shown.ts";
import { table } from "./table.ts";

/** How many entities of each type changed, as a table. */
export function countsText(counts: readonly ChangeCount[], terminal: Pick<Terminal, "width">): Shown {
  const rows = counts.map(({ kind, type, inserted, updated, deleted }) => [
    kind,
    type,
    ...[inserted, updated, deleted].map(String),
  ]);
  const numbers = ["inserted", "updated", "deleted"].map((name) => ({ name, align: "right" as const }));
  return table(["kind", "type", ...numbers], rows, terminal);
}
