import type { CommitRecord } from "../commit/header.ts";

/**
 * The first of the commits that decides what becomes of a write: one of the same op, so it is there already; or one whose op is the staging id of an attempt
 * that the write would adopt, so that the attempt was given up and its tables are gone. Null: none does. Whoever puts a commit that adopts tables, or one that
 * gives an attempt up, must have asked this of every commit since the base of the intent.
 */
export function decidingCommit(
  op: string,
  attempts: ReadonlySet<string>,
  commits: readonly CommitRecord[],
): CommitRecord | null {
  return commits.find(({ header }) => header.op === op || attempts.has(header.op)) ?? null;
}
