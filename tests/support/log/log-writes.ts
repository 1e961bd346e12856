import { systemEnvironment, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { BranchLog, CommitDraft, CommitRecord, GraphLog, WriteRequest } from "@omnigraph/log";
import { type ChangeSet, idColumn, NOTHING } from "@omnigraph/storage";
import type { LogWorld } from "./log-world.ts";

/** The one type of the graphs that logs are tested with. */
export const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.

const mint = ulidFactory(systemEnvironment);

export function inserted(...ids: readonly string[]): ChangeSet {
  const after = { length: ids.length, columns: new Map([["id", idColumn(ids)] as const]) };
  return [{ type: TYPE, updated: 0, after, before: { length: 0, columns: new Map() } }];
}

export function draftOf(id: string, parts: Partial<CommitDraft> = {}): CommitDraft {
  return {
    ...NOTHING,
    changes: { kind: "rows", rows: inserted(id), replaced: [] },
    counts: new Map([[TYPE, 1]]),
    commits: true,
    ...parts,
  };
}

/** A write that inserts one entity. */
export function writeOf(id: string, parts: Partial<WriteRequest> = {}): WriteRequest {
  return {
    kind: "mutation",
    op: mint(),
    content: null,
    actor: "ann",
    message: null,
    ifCommit: null,
    durability: "durable",
    evaluate: () => draftOf(id),
    rowsOf: async () => null,
    ...parts,
  };
}

export async function put(log: GraphLog, branch: BranchLog, id: string): Promise<CommitRecord> {
  const { commit } = await log.writer(branch).submit(writeOf(id));
  if (commit === null) throw new Error("the write made no commit");
  return commit;
}

export function removeBranch(log: GraphLog, name: string): Promise<void> {
  return log.deleteBranch(name, { op: mint(), actor: "ann", message: null, ifCommit: null });
}

export async function branchNames(log: GraphLog): Promise<readonly string[]> {
  return (await log.listBranches()).map(({ name }) => name);
}

/** How many rows the pieces of a branch's head hold. */
export async function rowsAt(log: GraphLog, name: string): Promise<number> {
  let rows = 0;
  for (const piece of (await log.snapshot(await log.head(name))).pieces(TYPE)) {
    if (piece.kind !== "range") throw new Error("only ranges were written");
    for (const { after } of await log.readChanges(piece.range, TYPE)) rows += after.length;
  }
  return rows;
}

/** The commits of a branch's own log, in order. */
export async function commitsOf(log: GraphLog, branch = "main"): Promise<readonly CommitRecord[]> {
  const own = await log.branch(branch);
  const { logId, slot } = (await own.head()).address;
  return log.commits(logId, 0, slot);
}

/** The keys of a store that begin with a prefix. */
export function keysOf(world: LogWorld, prefix: string): readonly string[] {
  return world.objects.keys().filter((key) => key.startsWith(prefix));
}
