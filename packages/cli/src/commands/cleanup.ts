import { counted, given, OmnigraphError, quoted } from "@omnigraph/base";
import { type CleanupAnswer, cleanupJson } from "@omnigraph/wire";
import { confirmed } from "../confirm.ts";
import { authorOf, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { wholeNumber, withAddress, withJson } from "../options.ts";
import { joined, type Shown, shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import type { Terminal } from "../terminal.ts";

interface Options extends GlobalOptions {
  readonly keep?: number;
  readonly olderThan?: number;
  readonly grace?: number;
  readonly confirm?: boolean;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Gives back what only old commits need: their changes, and tables that no other commit reads. Without --confirm it says what would go.",
    )
    .option(
      "--keep <count>",
      "so many of the newest commits of every branch stay readable",
      wholeNumber("--keep"),
    )
    .option(
      "--older-than <time>",
      "commits of the last 30m, 12h, 7d or 4w stay readable",
      duration("--older-than"),
    )
    .option(
      "--grace <time>",
      "how long what was found unneeded waits for others who still read it (default: 1h); 0 if nobody else uses the graph",
      duration("--grace"),
    )
    .option("--confirm", "remove it")
    .addHelpText(
      "after",
      "\nWith both --keep and --older-than only what neither keeps goes. The first run with --confirm finds what is unneeded, and a run after the grace" +
        "\nperiod removes it.\n\nExamples:\n  omnigraph cleanup --keep 100 ./my.omni\n  omnigraph cleanup --older-than 30d --confirm ./my.omni",
    );
  withJson(withAddress(command)).action(async (uri: string | undefined, options: Options) => {
    const store = await storeOf(context, options, uri);
    const actor = await authorOf(context, options);
    const { keep, olderThan, grace, confirm } = options;
    if (keep === undefined && olderThan === undefined)
      throw new OmnigraphError(
        "usage",
        "a cleanup needs to know what to keep: give --keep, --older-than or both",
      );
    if (confirm === true)
      await confirmed(context, options, store, `give up the history of ${store} before what is kept?`);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(store);
    const asked = { keep, olderThanMs: olderThan, graceMs: grace, confirm, actor };
    const answer = await graph.maintenance.cleanup({ ...given(asked), signal: context.signal });
    return say(context, options, cleanupJson(answer, store), describe(answer, context.terminal));
  });
};

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Reads a time as 90s, 30m, 12h, 7d or 4w, or 0; in milliseconds. */
function duration(option: string): (text: string) => number {
  return (text) => {
    if (text === "0") return 0;
    const [, digits, unit = ""] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
    if (digits !== undefined) return Number(digits) * (UNITS[unit] ?? 0);
    throw new OmnigraphError(
      "usage",
      `${option} takes a time as 90s, 30m, 12h, 7d or 4w, not ${quoted(text)}`,
    );
  };
}

function describe(answer: CleanupAnswer, terminal: Terminal): Shown {
  const { types, commits, commitBytes, folded, pending, notes } = answer;
  const bytes = types.reduce((sum, type) => sum + type.bytes, commitBytes);
  const tables = types.reduce((sum, type) => sum + type.tables, 0);
  const what = `the changes of ${counted(commits, "commit")} and ${counted(tables, "table")}, ${counted(bytes, "byte")}`;
  const head = answer.confirmed
    ? shown`removed ${what}\n`
    : shown`would remove ${what}; nothing was changed, give --confirm to remove it\n`;
  const first =
    folded.length === 0
      ? shown``
      : shown`${answer.confirmed ? "folded" : "would fold"} first: ${folded.join(", ")}\n`;
  const rows = types
    .filter((type) => type.tables > 0)
    .map((type) => [type.kind ?? "", type.typeName, String(type.tables), String(type.bytes)]);
  const numbers = ["tables", "bytes"].map((name) => ({ name, align: "right" as const }));
  const list = rows.length === 0 ? shown`` : table(["kind", "type", ...numbers], rows, terminal);
  const told = joined(notes.map((note) => shown`note: ${note}\n`));
  return shown`${first}${head}${list}${waits(pending)}${told}`;
}

function waits(pending: CleanupAnswer["pending"]): Shown {
  if (pending === null) return shown``;
  const { slots, tables, waitMs } = pending;
  const minutes = Math.ceil(waitMs / 60_000);
  const when = minutes === 0 ? "now" : `in ${counted(minutes, "minute")}`;
  return shown`found unneeded: ${counted(slots, "slot")} and ${counted(tables, "table")}; the next cleanup with --confirm removes them, ${when} at the earliest\n`;
}
