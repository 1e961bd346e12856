import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";

it("a merge that takes longer than it may is stopped, and writes nothing", async () => {
  const graph = await Omnigraph.init("memory://merge-deadline", {
    schema: "node Item { name: String @key  value: I32? }",
  });
  const items = (value: number): string =>
    Array.from({ length: 10_000 }, (_, i) =>
      JSON.stringify({ type: "Item", data: { name: `item ${i}`, value } }),
    ).join("\n");
  await graph.load(items(0), { mode: "append" });
  await graph.branches.create("draft");
  await graph.load(items(1), { mode: "merge" });
  await graph.load(items(2), { mode: "merge", branch: "draft" });
  const [before] = await graph.commits.list();
  // Everything is resident, so that nothing but its own work keeps the merge from its end.
  await graph.branches.previewMerge("draft", { strategy: "ours" });
  const calls = [
    graph.branches.merge("draft", { strategy: "ours", deadlineMs: 5 }),
    graph.branches.previewMerge("draft", { strategy: "theirs", deadlineMs: 5 }),
  ];
  // Both are heard from the beginning: either may be the first to fail.
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ reason: "deadline_exceeded" })));
  expect((await graph.commits.list())[0]).toEqual(before);
  await graph.close();
});
