import { counted, given } from "@omnigraph/base";
import { type RepairAnswer, type RepairedObject, type RepairedTable, repairJson } from "@omnigraph/wire";
import { authorOf, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { withJson, withTarget } from "../options.ts";
import { joined, type Shown, shown } from "../output/shown.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly confirm?: boolean;
  readonly force?: boolean;
  readonly from?: string;
  readonly message?: string;
}

const EXIT_LEFT = 1;

export const define: Define = (command, context) => {
  command
    .description(
      "Says what is damaged in a graph and what others wrote into its published tables, and what can be done about it. With --confirm does it. " +
        "Exit code 1 if something could not be repaired.",
    )
    .argument("[uri]", "address of the graph")
    .option("--confirm", "do it; without, only say what would be done")
    .option(
      "--force",
      "with --confirm: take over what others have added, changed and removed in published tables",
    )
    .option("--from <uri>", "a copy of the graph, such as a backup, to take damaged and missing objects from")
    .option("--as <actor>", "author of the commits")
    .option("--message <text>", "why: kept with the commits")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph repair ./my.omni\n  omnigraph repair --confirm --from s3://backups/my.omni ./my.omni",
    );
  withJson(withTarget(command)).action(async (uri: string | undefined, options: Options) => {
    const store = await storeOf(context, options, uri);
    const actor = await authorOf(context, options);
    const { confirm, force, from, message } = options;
    const { Omnigraph } = await import("omnigraph");
    const answer = await Omnigraph.repair(store, {
      ...given({ actor, message, confirm, force, from }),
      branch: options.branch,
      signal: context.signal,
    });
    if (confirm === true && isLeft(answer)) context.exit(EXIT_LEFT);
    return say(context, options, repairJson(answer, store), describe(answer));
  });
};

/** Whether something is left that is damaged. */
function isLeft({ tables, objects, problem }: RepairAnswer): boolean {
  return (
    problem !== null || objects.some(({ isDone }) => !isDone) || tables.some(({ error }) => error !== null)
  );
}

function describe({ tables, objects, commit, problem, isConfirmed }: RepairAnswer): Shown {
  const drifted = tables.filter(({ classification }) => classification !== "no_drift");
  if (drifted.length + objects.length === 0 && problem === null) return shown`nothing to repair\n`;
  const made = commit === null ? "" : shown`commit ${commit.id}\n`;
  const unread = problem === null ? "" : shown`the tables of the branch cannot be compared: ${problem}\n`;
  const ending = isConfirmed ? made : shown`nothing was changed: give --confirm to do it\n`;
  return shown`${joined([...objects.map(describeObject), ...drifted.map(describeTable)])}${unread}${ending}`;
}

function describeObject({
  class: name,
  place,
  action,
  source,
  isDone,
  advice,
  error,
}: RepairedObject): Shown {
  const from = source === null ? "" : ` from the ${source}`;
  const state = isDone ? "done" : (error ?? advice);
  return shown`${name}: ${place}\n  ${action}${from}: ${state}\n`;
}

function describeTable({
  table,
  typeName,
  classification,
  action,
  rows,
  isDone,
  advice,
  error,
}: RepairedTable): Shown {
  const { added, removed, changed } = rows;
  const ids = [...added.ids, ...changed.ids, ...removed.ids].slice(0, 5).join(", ");
  const what = `${counted(added.count, "row")} added, ${changed.count} changed, ${removed.count} removed`;
  const shownIds = ids === "" ? "" : shown` (${ids})`;
  const state = isDone ? "done" : (error ?? advice);
  return shown`${classification}: ${typeName} in ${table}: ${what}${shownIds}\n  ${action}: ${state}\n`;
}
