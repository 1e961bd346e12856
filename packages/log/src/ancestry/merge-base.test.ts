import fc from "fast-check";
import { expect, test } from "vitest";
import type { CommitId } from "../address.ts";
import type { CommitLink, LinkSource } from "./link.ts";
import { commitsSince, mergeBases } from "./merge-base.ts";

/** A graph of commits: each has up to two parents among the earlier ones; the first has none. */
type Parents = readonly (readonly [number, number | null])[];

const graphs: fc.Arbitrary<Parents> = fc
  .array(fc.tuple(fc.nat(), fc.option(fc.nat(), { freq: 2 })), { minLength: 1, maxLength: 40 })
  .map((seeds) =>
    seeds.map(([first, second], i): readonly [number, number | null] => {
      const near = (seed: number): number => Math.max(0, i - (seed % Math.min(i + 1, 6)));
      return [near(first), second === null || near(second) === near(first) ? null : near(second)];
    }),
  );

// Cast: names of this test's commits stand for ids.
const nameOf = (i: number): CommitId => `c${String(i).padStart(3, "0")}` as CommitId;

class Graph implements LinkSource {
  readonly links: readonly CommitLink[];
  readonly read = new Set<CommitId>();

  /** Node 0 is the genesis; node i + 1 has the parents of entry i. */
  constructor(parents: Parents) {
    const links: CommitLink[] = [{ id: nameOf(0), parents: [], generation: 1 }];
    for (const [first, second] of parents) {
      const found = [first, ...(second === null ? [] : [second])].map(
        (p) => links[Math.min(p, links.length - 1)]!,
      );
      const unique = [...new Set(found)];
      const generation = 1 + Math.max(...unique.map((link) => link.generation));
      links.push({ id: nameOf(links.length), parents: unique.map(({ id }) => id), generation });
    }
    this.links = links;
  }

  link(id: CommitId): CommitLink {
    this.read.add(id);
    return this.links.find((link) => link.id === id)!;
  }

  /** A commit and everything that it descends from. */
  ancestors(id: CommitId): ReadonlySet<CommitId> {
    const found = new Set<CommitId>();
    const visit = (at: CommitId): void => {
      if (found.has(at)) return;
      found.add(at);
      this.links.find((link) => link.id === at)!.parents.forEach(visit);
    };
    visit(id);
    return found;
  }
}

const cases = graphs.chain((parents) =>
  fc.tuple(fc.constant(parents), fc.nat(parents.length), fc.nat(parents.length)),
);

test("merge bases are the common ancestors that no other common ancestor descends from", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([parents, a, b]) => {
      const graph = new Graph(parents);
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

test("the commits since an ancestor are those that it does not descend from", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([parents, a, b]) => {
      const graph = new Graph(parents);
      const before = graph.ancestors(nameOf(a));
      const since = [...graph.ancestors(nameOf(b))].filter((id) => !before.has(id));
      expect((await commitsSince(nameOf(a), nameOf(b), graph)).toSorted()).toEqual(since.toSorted());
    }),
    { numRuns: 1000 },
  );
});

test("what is older than the base is not read, but for the base's parents", async () => {
  const chain = Array.from({ length: 1000 }, (_, i) => [i, null] as const);
  const graph = new Graph([...chain, [990, null], [1001, null]]);
  expect(await mergeBases(nameOf(1000), nameOf(1002), graph)).toEqual([nameOf(990)]);
  expect(graph.read.size).toBeLessThanOrEqual(14);
});
