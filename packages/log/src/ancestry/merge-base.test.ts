import fc from "fast-check";
import { expect, test } from "vitest";
import { CommitGraph, graphs, nameOf } from "../../../../tests/support/generators/commit-graph.ts";
import { commitsSince, mergeBases } from "./merge-base.ts";

const cases = graphs.chain((parents) =>
  fc.tuple(fc.constant(parents), fc.nat(parents.length), fc.nat(parents.length)),
);

test("merge bases are the common ancestors that no other common ancestor descends from", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([parents, a, b]) => {
      const graph = new CommitGraph(parents);
      const [ours, theirs] = [graph.ancestors(nameOf(a)), graph.ancestors(nameOf(b))];
      const common = [...ours].filter((id) => theirs.has(id));
      const newest = common.filter(
        (id) => !common.some((other) => other !== id && graph.ancestors(other).has(id)),
      );
      expect(await mergeBases(nameOf(a), nameOf(b), graph)).toEqual(newest.toSorted());
      expect(await mergeBases(nameOf(b), nameOf(a), graph)).toEqual(newest.toSorted());
    }),
    { numRuns: 2000 },
  );
});

test("the commits since an ancestor are those that are not in its own ancestry", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([parents, a, b]) => {
      const graph = new CommitGraph(parents);
      const before = graph.ancestors(nameOf(a));
      const since = [...graph.ancestors(nameOf(b))].filter((id) => !before.has(id));
      expect((await commitsSince(nameOf(a), nameOf(b), graph)).toSorted()).toEqual(since.toSorted());
    }),
    { numRuns: 1000 },
  );
});

test("nothing older than the base is read, except the parents of the base", async () => {
  const chain = Array.from({ length: 1000 }, (_, i) => [i, null] as const);
  const graph = new CommitGraph([...chain, [990, null], [1001, null]]);
  expect(await mergeBases(nameOf(1000), nameOf(1002), graph)).toEqual([nameOf(990)]);
  expect(graph.read.size).toBeLessThanOrEqual(14);
});
