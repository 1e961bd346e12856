import { given, isError, OmnigraphError } from "@omnigraph/base";
import { evaluateDeletion } from "@omnigraph/engine";
import { type CommitRecord, formatCopy } from "@omnigraph/log";
import type { LayerEntry, ObjectStore } from "@omnigraph/storage";
import type { RepairAnswer, RepairedObject, RepairedTable } from "@omnigraph/wire";
import type { RepairOptions } from "../../api/maintenance.ts";
import type { Branches } from "../../branches/branches.ts";
import { guarded } from "../../calls/callers-code.ts";
import { summaryOf } from "../../history/summary.ts";
import { authorOf, type GraphContext } from "../../open/context.ts";
import { withPartsAt } from "../../open/open-graph.ts";
import { load } from "../../write/load.ts";
import { foldBranch } from "../fold-branch.ts";
import { DAMAGE } from "../fsck/damage.ts";
import { fsck, type FsckParts } from "../fsck/fsck.ts";
import { contentAt } from "../../open/exported-content.ts";
import type { About } from "../fsck/harm.ts";
import { lostSlots, type ObjectRepairs, repairFound } from "./repair-objects.ts";
import {
  actionFor,
  type DriftedTable,
  driftedTables,
  foreignLines,
  removedRows,
  tableAnswer,
} from "./repair-tables.ts";

/** What is asked for. */
export type RepairRequest = RepairOptions & { readonly signal: AbortSignal };

/** As `Maintenance.repair`. */
export async function repair(
  context: GraphContext,
  branches: Branches,
  options: RepairRequest,
): Promise<RepairAnswer> {
  checkAsked(options);
  const { confirm = false, branch = "main" } = options;
  if (confirm && context.log.readOnly)
    throw new OmnigraphError(
      "read_only",
      "the graph was opened for reading only; open it for writing to repair it",
    );
  await context.log.branch(branch, options.signal);
  const { store, tables, environment, log } = context;
  const objects = await repairObjects({ store, tables, environment }, log.id, options);
  return answerOf(options, objects, await compareTables(context, branches, options));
}

/** Throws `usage`. */
export function checkAsked({ confirm = false, force = false }: RepairOptions): void {
  if (force && !confirm)
    throw new OmnigraphError("usage", "repair: force is only for what confirm does; give confirm as well");
}

/** The answer about objects and tables. */
export function answerOf(
  { confirm = false, force = false, branch = "main" }: RepairOptions,
  objects: readonly RepairedObject[],
  { tables, commit, problem }: ComparedTables,
): RepairAnswer {
  return {
    branch,
    isConfirmed: confirm,
    isForced: force,
    commit: commit === null ? null : summaryOf(commit),
    tables,
    objects,
    problem,
  };
}

interface TableRepairs {
  readonly tables: readonly RepairedTable[];
  readonly commit: CommitRecord | null;
}

interface ComparedTables extends TableRepairs {
  /** Why they could not be compared; null where they could. */
  readonly problem: string | null;
}

/** Repairs tables. Damage that keeps the head of a branch from being read is among the objects; then its tables cannot be compared. */
export async function compareTables(
  context: GraphContext,
  branches: Branches,
  asked: RepairRequest,
): Promise<ComparedTables> {
  try {
    return { ...(await repairTables(context, branches, asked)), problem: null };
  } catch (cause) {
    if (!isError(cause) || !DAMAGE.has(cause.reason)) throw cause;
    return { tables: [], commit: null, problem: cause.message };
  }
}

/** Checks the graph, without its rows, and repairs what it finds. `graph` is its id; null where it does not open. */
export async function repairObjects(
  parts: FsckParts,
  graph: string | null,
  asked: RepairRequest,
): Promise<readonly RepairedObject[]> {
  const { from } = asked;
  if (from === undefined) return repairFrom(null, parts, graph, asked);
  return withPartsAt(from, ({ objects }) => repairFrom(objects, parts, graph, asked));
}

async function repairFrom(
  backup: ObjectStore | null,
  parts: FsckParts,
  graph: string | null,
  { confirm = false, signal, onProgress }: RepairRequest,
): Promise<readonly RepairedObject[]> {
  const found: (readonly [Parameters<typeof repairFound>[1], About])[] = [];
  await fsck(parts, {
    branch: null,
    scansRows: false,
    signal,
    onFinding: (finding, about) => void found.push([finding, about]),
    onProgress: guarded(onProgress, "nothing was changed"),
  });
  const { store, environment } = parts;
  const id = graph ?? (await formatCopy(store, environment, backup))?.graph ?? null;
  const repairs: ObjectRepairs = { ...parts, graph: id, backup, lost: lostSlots(found), confirm };
  const repaired: RepairedObject[] = [];
  for (const [finding, about] of found) {
    signal.throwIfAborted();
    for await (const object of repairFound(repairs, finding, about)) repaired.push(object);
  }
  return repaired;
}

async function repairTables(
  context: GraphContext,
  branches: Branches,
  options: RepairRequest,
): Promise<TableRepairs> {
  const { confirm = false, force = false, branch = "main", signal } = options;
  const drifted = await branches.use(branch, ({ views }) =>
    driftedTables(context, () => views.branch.head(signal), signal),
  );
  const planned = drifted.map((table) => ({ table, action: actionFor(table, force) }));
  const of = (action: RepairedTable["action"]): readonly DriftedTable[] =>
    planned.filter((one) => one.action === action).map(({ table }) => table);
  const errors = new Map<string, string>();
  const attempt = async (action: RepairedTable["action"], run: () => Promise<CommitRecord | null>) => {
    if (!confirm || of(action).length === 0) return null;
    try {
      return await run();
    } catch (cause) {
      if (!isError(cause)) throw cause;
      errors.set(action, cause.message);
      return null;
    }
  };
  const rewritten = await attempt("rewrite", () => rewrite(context, branches, of("rewrite"), options));
  const forgotten = await attempt("forget", () => rewrite(context, branches, of("forget"), options));
  const adopted = await attempt("adopt", async () => {
    await adopt(context, branches, of("adopt"), options);
    await adoptRemovals(context, branches, of("adopt"), options);
    // Else the same rows would be taken over once more, over what was written since.
    return rewrite(context, branches, of("adopt"), options);
  });
  const tables = planned.map(({ table, action }) => {
    const error = errors.get(action) ?? null;
    return tableAnswer(table, action, confirm && action !== "no_op" && error === null, error);
  });
  return { tables, commit: adopted ?? forgotten ?? rewritten };
}

/** Writes tables anew from the rows that the graph reads of them, as a fold does. */
async function rewrite(
  context: GraphContext,
  branches: Branches,
  tables: readonly DriftedTable[],
  { branch = "main", actor, message, signal }: RepairRequest,
): Promise<CommitRecord | null> {
  const lost = new Set(tables.map(({ entry }) => nameOf(entry)));
  const { commit } = await branches.use(branch, ({ views }) =>
    foldBranch(context, views.branch, {
      op: context.mint(),
      content: null,
      actor: actor ?? context.actor,
      message: message ?? null,
      whole: false,
      anew: (entry) => lost.has(nameOf(entry)),
      signal,
      onType: () => undefined,
    }),
  );
  return commit;
}

/** Takes over what others have added and changed: a load like any other, with all its checks. */
async function adopt(
  context: GraphContext,
  branches: Branches,
  tables: readonly DriftedTable[],
  { branch = "main", actor, message, signal }: RepairRequest,
): Promise<void> {
  const text = await branches.use(branch, async ({ views }) => {
    const { commit, view } = await views.head(signal);
    return foreignLines(tables, view, contentAt(context, commit, signal), signal);
  });
  if (text.length === 0) return;
  await load(context, branches, text, {
    ...given({ actor, message }),
    branch,
    mode: "merge",
    signal,
    permitTypes: undefined,
  });
}

/** Deletes what others have removed: a mutation like any other. */
async function adoptRemovals(
  context: GraphContext,
  branches: Branches,
  tables: readonly DriftedTable[],
  { branch = "main", actor, message, signal }: RepairRequest,
): Promise<void> {
  const removed = await removedRows(tables, context.tables, signal);
  if (removed.length === 0) return;
  const { inlineRows, environment } = context;
  await branches.use(branch, async ({ writes }) => {
    const options = { ...given({ message }), actor: authorOf(context, given({ actor })), signal };
    const request = writes.request(
      "mutation",
      options,
      () => "",
      (view) => evaluateDeletion(removed, view, environment, { inlineRows, signal }),
    );
    await writes.submitLarge(request);
  });
}

function nameOf({ staging, type }: LayerEntry): string {
  return `${staging}/${type}`;
}
