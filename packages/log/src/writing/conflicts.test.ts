import type { Changes, ChangeSet } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { draftOf, inserted, TYPE, writeOf } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID } from "../address.ts";
import type { CommitKind, CommitRecord } from "../commit/header.ts";
import { genesisHeader } from "../commit/next.ts";
import { firstConflict } from "./conflicts.ts";

const GENESIS = genesisHeader({ op: "g", actor: null, message: null }, "0".repeat(64), 1);
const ENTRY = { staging: "s", type: TYPE, version: 1, rows: 1, tombstones: 0, columns: {} };
const TABLES: Changes = { kind: "layers", layers: [ENTRY], replaced: [] };

function commitOf(changes: Changes, kind: CommitKind = "mutation", parents = 1): CommitRecord {
  const header = { ...GENESIS, kind, parents: Array.from({ length: parents }, () => GENESIS.id) };
  return { header, address: { logId: MAIN_LOG_ID, slot: 1, index: 0 }, branch: "main", changes };
}

const rowsCommit = (id: string): CommitRecord => commitOf({ kind: "rows", rows: inserted(id), replaced: [] });

test("maintenance conflicts with nothing, and the first of the other commits that conflicts is found", async () => {
  const [apart, first] = [rowsCommit("a"), rowsCommit("b")];
  const draft = draftOf("x", { conflictsWith: (theirs) => theirs !== ownRowsOf(apart) });
  const commits = [commitOf(TABLES, "maintenance"), apart, first, rowsCommit("c")];
  expect(await firstConflict(writeOf("x"), draft, commits)).toBe(first);
  expect(await firstConflict(writeOf("x"), draft, commits.slice(0, 2))).toBeNull();
});

test("the request tells the rows of tables; where it cannot, the commit conflicts", async () => {
  const rows = inserted("of a table");
  const seen: ChangeSet[] = [];
  const draft = draftOf("x", { conflictsWith: (theirs) => seen.push(theirs) < 0 });
  const told = writeOf("x", { rowsOf: async () => rows });
  expect(await firstConflict(told, draft, [commitOf(TABLES)])).toBeNull();
  expect(seen.at(-1)).toBe(rows);
  const tables = commitOf(TABLES);
  expect(await firstConflict(writeOf("x"), draft, [tables])).toBe(tables);
});

test("rows that decide nothing are not asked for", async () => {
  const draft = draftOf("x", { conflictsWith: (_, byMerge) => byMerge });
  const request = writeOf("x", { rowsOf: () => Promise.reject(new Error("the tables were read")) });
  const merge = commitOf(TABLES, "merge", 2);
  expect(await firstConflict(request, draft, [merge])).toBe(merge);
});

function ownRowsOf({ changes }: CommitRecord): ChangeSet | null {
  return changes.kind === "rows" ? changes.rows : null;
}
