import type { Clause } from "@omnigraph/language";

type Traverse = Extract<Clause, { kind: "traverse" }>;

/** An edge by the ids of its ends. */
interface Ends {
  readonly src: string | null;
  readonly dst: string | null;
}

type Pair = readonly [from: string, to: string];

/** Where traversals lead, by walking from every start along every edge. */
export class NaivePaths {
  readonly #data: ReadonlyMap<string, readonly Ends[]>;
  /** What was walked already, by traversal and start. */
  readonly #walked = new Map<Traverse, Map<string, ReadonlyMap<string, number>>>();

  /** `data` has the entities of each type by its name. */
  constructor(data: ReadonlyMap<string, readonly Ends[]>) {
    this.#data = data;
  }

  /** Whether a traversal leads from one node to another, as the first of its edge types runs. */
  leads(traverse: Traverse, from: string, to: string): boolean {
    const { hops, startsAtTo } = traverse;
    const [origin, end] = startsAtTo ? [to, from] : [from, to];
    const distance = this.#distances(traverse, origin).get(end) ?? 0;
    return distance >= hops.min && distance <= hops.max;
  }

  /** The ids of the nodes of a path between nodes of one type: of all the shortest ones that whose ids come first. */
  path(traverse: Traverse, from: string, to: string): readonly string[] {
    if (from === to) return [from, to];
    const ways = this.#ways(traverse);
    const distances = this.#distances(traverse, from);
    let paths = [[from]];
    for (let hop = 1; hop <= (distances.get(to) ?? 0); hop++) {
      paths = paths.flatMap((path) => {
        const next = ways.filter(([a, b]) => a === path.at(-1) && b !== from && distances.get(b) === hop);
        return [...new Set(next.map(([, b]) => b))].map((b) => [...path, b]);
      });
    }
    return paths.filter((path) => path.at(-1) === to).toSorted(byIds)[0] ?? [];
  }

  /** The shortest distance of each node from a start; of the start itself 1, where it has a self loop. */
  #distances(traverse: Traverse, origin: string): ReadonlyMap<string, number> {
    const walked = this.#walked.get(traverse) ?? new Map<string, ReadonlyMap<string, number>>();
    this.#walked.set(traverse, walked);
    const known = walked.get(origin) ?? this.#walk(traverse, origin);
    walked.set(origin, known);
    return known;
  }

  #walk(traverse: Traverse, origin: string): ReadonlyMap<string, number> {
    const { fromType, toType, hops } = traverse;
    const ways = this.#ways(traverse);
    if (fromType !== toType) return new Map(ways.filter(([a]) => a === origin).map(([, b]) => [b, 1]));
    const distances = new Map([[origin, 0]]);
    const most = Math.min(hops.max, this.#data.get(fromType.name)?.length ?? 0);
    for (let distance = 1; distance <= most; distance++) {
      for (const [a, b] of ways)
        if (distances.get(a) === distance - 1 && !distances.has(b)) distances.set(b, distance);
    }
    distances.set(origin, ways.some(([a, b]) => a === origin && b === origin) ? 1 : 0);
    return distances;
  }

  /** The ends of every hop from the start on. */
  #ways({ edges, direction, startsAtTo }: Traverse): readonly Pair[] {
    const along = edges.flatMap(({ edge, reversed }) =>
      (this.#data.get(edge.name) ?? []).map(({ src, dst }): Pair =>
        reversed ? [dst ?? "", src ?? ""] : [src ?? "", dst ?? ""],
      ),
    );
    const against = along.map(([from, to]): Pair => [to, from]);
    return direction === "both" ? [...along, ...against] : startsAtTo ? against : along;
  }
}

/** Lists of ids by the first that differs, by its bytes. */
function byIds(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((id, k) => id !== b[k]);
  return at < 0 ? 0 : Buffer.compare(Buffer.from(a[at] ?? ""), Buffer.from(b[at] ?? ""));
}
