import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CommitGraph,
  graphs,
  nameOf,
  type Parents,
} from "../../../../tests/support/generators/commit-graph.ts";
import type { CommitId } from "../address.ts";
import { mergeBases } from "./merge-base.ts";
import { MergeBases } from "./merge-bases.ts";

/** The heads of a log: each descends from the one before by first parents. */
function headsOf(parents: Parents, graph: CommitGraph): readonly CommitId[] {
  const heads: CommitId[] = [];
  for (
    let id: CommitId | undefined = nameOf(parents.length);
    id !== undefined;
    id = graph.link(id).parents[0]
  )
    heads.unshift(id);
  return heads;
}

const questions = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 25 });

test("merge bases are the same however often they are asked for, for newer and for older heads", async () => {
  let quick = 0;
  await fc.assert(
    fc.asyncProperty(graphs, questions, async (parents, asked) => {
      const graph = new CommitGraph(parents);
      const heads = headsOf(parents, graph);
      const bases = new MergeBases(graph);
      let newest = 0;
      for (const [step, other, isOlder] of asked) {
        newest = Math.min(heads.length - 1, newest + (step % 3));
        const ours = heads[isOlder ? step % (newest + 1) : newest] ?? nameOf(0);
        const theirs = nameOf(other % (parents.length + 1));
        const wanted = await mergeBases(ours, theirs, graph);
        graph.read.clear();
        expect(await bases.of("main", ours, theirs)).toEqual(wanted);
        if (wanted.length === 1 && graph.read.size < 3) quick++;
      }
    }),
    { numRuns: 2000 },
  );
  expect(quick).toBeGreaterThan(1000);
});

test("a second base that is older than the known ancestors is not missed", async () => {
  // 1 is a commit of a branch of 0, 2 to 6 are main; 7 and 8 both merge 1 into 6; 9 follows 7; 10 is another branch of 6.
  const main = [0, 2, 3, 4, 5].map((parent) => [parent, null] as const);
  const graph = new CommitGraph([[0, null], ...main, [6, 1], [6, 1], [7, null], [6, null]]);
  const bases = new MergeBases(graph);
  for (let n = 0; n < 3; n++) expect(await bases.of("main", nameOf(7), nameOf(10))).toEqual([nameOf(6)]);
  expect(await bases.of("main", nameOf(9), nameOf(8))).toEqual([nameOf(1), nameOf(6)]);
});

test("links that are not cached are read, and a failed read is thrown to its own caller only", async () => {
  const graph = new CommitGraph(Array.from({ length: 20 }, (_, i) => [i, null] as const));
  let answered = true;
  const link = async (id: CommitId) => (answered ? graph.link(id) : Promise.reject(new Error("no answer")));
  const slow = { link, cached: () => null };
  const bases = new MergeBases(slow);
  for (const [ours, theirs] of [
    [10, 5],
    [12, 5],
    [20, 9],
  ] as const)
    expect(await bases.of("main", nameOf(ours), nameOf(theirs))).toEqual([nameOf(theirs)]);
  answered = false;
  await expect(bases.of("main", nameOf(20), nameOf(10))).rejects.toThrow("no answer");
});

test("merging branches of one commit one after the other costs only the new commits each time", async () => {
  // Commit 0, then branches of it, then merges of them: merge n has the merge before it and branch n.
  const count = 200;
  const branches = Array.from({ length: count }, () => [0, null] as const);
  const merges = Array.from({ length: count }, (_, n) => [n === 0 ? 0 : count + n, n + 1] as const);
  const graph = new CommitGraph([...branches, ...merges]);
  const bases = new MergeBases(graph);
  for (let n = 1; n < count; n++) {
    graph.read.clear();
    expect(await bases.of("main", nameOf(count + n), nameOf(n + 1))).toEqual([nameOf(0)]);
    if (n > 3) expect(graph.read.size).toBeLessThan(6);
  }
});
