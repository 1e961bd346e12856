import type { CommitId } from "@omnigraph/log";
import fc from "fast-check";

/** As the log's own links. */
export interface GraphLink {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  readonly generation: number;
}

/** A graph of commits: each has up to two parents among the earlier ones; the first has none. */
export type Parents = readonly (readonly [number, number | null])[];

export const graphs: fc.Arbitrary<Parents> = fc
  .array(fc.tuple(fc.nat(), fc.option(fc.nat(), { freq: 2 })), { minLength: 1, maxLength: 40 })
  .map((seeds) =>
    seeds.map(([first, second], i): readonly [number, number | null] => {
      const near = (seed: number): number => Math.max(0, i - (seed % Math.min(i + 1, 6)));
      return [near(first), second === null || near(second) === near(first) ? null : near(second)];
    }),
  );

// Cast: names of this test's commits stand for ids.
export const nameOf = (i: number): CommitId => `c${String(i).padStart(3, "0")}` as CommitId;

/** Commits by number, with what is asked of them. */
export class CommitGraph {
  readonly links: readonly GraphLink[];
  readonly read = new Set<CommitId>();

  /** Node 0 is the genesis; node i + 1 has the parents of entry i. */
  constructor(parents: Parents) {
    const links: GraphLink[] = [{ id: nameOf(0), parents: [], generation: 1 }];
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

  link(id: CommitId): GraphLink {
    this.read.add(id);
    return this.links.find((link) => link.id === id)!;
  }

  cached(id: CommitId): GraphLink {
    return this.link(id);
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
