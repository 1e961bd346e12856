import type { CommitRecord } from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { NetCache } from "./net-cache.ts";

// Casts: what is looked at of commits and changes, and no more.
const commit = (id: string, slot: number, logId = "main"): CommitRecord =>
  ({ header: { id }, address: { logId, slot, index: 0 } }) as unknown as CommitRecord;
const changes = (rows: number): ChangeSet =>
  [{ type: "T", updated: 0, after: { length: rows }, before: { length: 0 } }] as unknown as ChangeSet;
const upTo = (newest: number) => ({ has: ({ slot }: { readonly slot: number }) => slot <= newest });

test("a cached net is extended where the chain leads through its commit", () => {
  const nets = new NetCache();
  const [base, head] = [commit("base", 1), commit("c5", 5)];
  expect(nets.upTo(base, head, upTo(5))).toEqual({ commit: base, changes: [] });
  const five = { commit: head, changes: changes(3) };
  nets.keep(base, five);
  expect(nets.upTo(base, commit("c7", 7), upTo(7))).toBe(five);
  // Of an older commit it says too much; of another log, or from another ancestor, nothing.
  expect(nets.upTo(base, commit("c4", 4), upTo(4)).changes).toEqual([]);
  expect(nets.upTo(base, commit("d7", 7, "draft"), upTo(7)).changes).toEqual([]);
  expect(nets.upTo(commit("other", 1), commit("c7", 7), upTo(7)).changes).toEqual([]);
});

test("few nets are cached, and no large one", () => {
  const nets = new NetCache();
  const head = commit("head", 9);
  const isKept = (base: string): boolean => nets.upTo(commit(base, 1), head, upTo(9)).commit === head;
  for (const base of ["a", "b", "c", "d"]) nets.keep(commit(base, 1), { commit: head, changes: changes(1) });
  nets.keep(commit("a", 1), { commit: head, changes: changes(2) });
  nets.keep(commit("e", 1), { commit: head, changes: changes(1) });
  expect(["a", "b", "c", "d", "e"].filter(isKept)).toEqual(["a", "c", "d", "e"]);
  nets.keep(commit("a", 1), { commit: head, changes: changes(1_000_000) });
  expect(isKept("a")).toBe(false);
});
