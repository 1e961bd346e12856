import { setTimeout } from "node:timers/promises";
import { MemoryObjects } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { expect, it, vi } from "vitest";

const SCHEMA = "node Place { name: String @key  title: String? }";
const MAIN_SLOTS = "__manifest/log/000000000";
// oxlint-disable-next-line typescript/unbound-method -- called with the store it belongs to
const put = MemoryObjects.prototype.putIfAbsent;

const insert = (name: string, title: string): string =>
  `query q() { insert Place { name: "${name}", title: "${title}" } }`;
const remove = (name: string): string => `query q() { delete Place where name = "${name}" }`;

it("a criss-cross merge is evaluated again where somebody writes what its bases do not agree on", async () => {
  const uri = "memory://criss-cross-race";
  await using ours = await Omnigraph.init(uri, { schema: SCHEMA });
  await using rival = await Omnigraph.open(uri);
  await ours.branches.create("draft");
  await ours.mutate(insert("y", "p"), {}, { branch: "draft" });
  await setTimeout(5); // the base without x is to be the first
  await ours.mutate(insert("x", "p"));
  // Each takes the other as it is now: both commits are newest common ancestors, and only one of them has x.
  await ours.branches.create("former");
  await ours.branches.merge("draft");
  await ours.branches.merge("former", { into: "draft" });
  for (const branch of ["main", "draft"]) await ours.mutate(remove("x"), {}, { branch });
  expect((await ours.branches.previewMerge("draft")).bases).toHaveLength(2);

  const spy = vi.spyOn(MemoryObjects.prototype, "putIfAbsent");
  spy.mockImplementation(async function (this: MemoryObjects, key, bytes) {
    if (!key.startsWith(MAIN_SLOTS)) return put.call(this, key, bytes);
    spy.mockRestore();
    await rival.mutate(insert("x", "q"));
    return put.call(this, key, bytes);
  });
  await expect(ours.branches.merge("draft")).rejects.toMatchObject({
    reason: "merge_conflict",
    details: { merge_conflicts: [{ kind: "delete_vs_update", entity_id: "x" }] },
  });
});
