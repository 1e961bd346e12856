import { isDeepStrictEqual } from "node:util";
import type { CommitSummary, Omnigraph } from "omnigraph";

/** A shared entity by its properties; undefined where it is not there. */
export type Image = Readonly<Record<string, unknown>> | undefined;

/** A commit with all that its history makes of it, by replay of what each commit says that it changed. */
export interface Recorded {
  readonly summary: CommitSummary;
  readonly parents: readonly string[];
  /** Keys of the markers that it inserted against its first parent. */
  readonly inserted: readonly string[];
  /** The shared entities after it, by key. */
  readonly shared: ReadonlyMap<string, Image>;
  readonly ancestors: CommitSet;
}

/** A set of commits by their place in the order of the history. */
export class CommitSet {
  readonly #words: Uint32Array;

  constructor(size: number, parts: readonly CommitSet[] = []) {
    this.#words = new Uint32Array((size + 31) >>> 5);
    for (const part of parts) this.addAll(part);
  }

  add(place: number): this {
    this.#words[place >>> 5]! |= 1 << (place & 31);
    return this;
  }

  addAll(other: CommitSet): void {
    for (let i = 0; i < this.#words.length; i++) this.#words[i]! |= other.#words[i]!;
  }

  has(place: number): boolean {
    return (this.#words[place >>> 5]! & (1 << (place & 31))) !== 0;
  }
}

/** Every commit that branches reach by any parents, parents first; replayed, where each change must begin at what its parent has. */
export class MergedHistory {
  readonly order: readonly string[];
  readonly #commits = new Map<string, Recorded>();
  readonly #places = new Map<string, number>();

  private constructor(order: readonly string[]) {
    this.order = order;
    for (const [place, id] of order.entries()) this.#places.set(id, place);
  }

  static async read(graph: Omnigraph, branches: readonly string[]): Promise<MergedHistory> {
    const summaries = new Map<string, CommitSummary>();
    for (const branch of branches)
      for (const commit of await graph.commits.list({ branch })) summaries.set(commit.id, commit);
    const history = new MergedHistory(parentsFirst(summaries));
    for (const [place, id] of history.order.entries()) {
      const summary = summaries.get(id);
      if (summary === undefined) throw new Error(`commit ${id} is a parent, and in no branch`);
      await history.#replay(graph, summary, place);
    }
    return history;
  }

  get(id: string): Recorded {
    const found = this.#commits.get(id);
    if (found === undefined) throw new Error(`commit ${id} is not in the history`);
    return found;
  }

  has(id: string): boolean {
    return this.#commits.has(id);
  }

  get merges(): readonly Recorded[] {
    return [...this.#commits.values()].filter(({ parents }) => parents.length === 2);
  }

  isAncestor(ancestor: string, of: string): boolean {
    return this.get(of).ancestors.has(this.#placeOf(ancestor));
  }

  /** Markers of all commits that one commit descends from and the other does not. */
  markersSince(other: Recorded | null, commit: Recorded): readonly string[] {
    return this.order.flatMap((id, place) => {
      const isNew = commit.ancestors.has(place) && other?.ancestors.has(place) !== true;
      const one = this.get(id);
      return isNew && one.parents.length < 2 ? one.inserted : [];
    });
  }

  /** The common ancestors that no other common ancestor descends from. */
  bases(a: Recorded, b: Recorded): readonly Recorded[] {
    const older = new CommitSet(this.order.length);
    const bases: Recorded[] = [];
    for (let place = this.order.length - 1; place >= 0; place--) {
      if (older.has(place) || !a.ancestors.has(place) || !b.ancestors.has(place)) continue;
      const base = this.get(this.order[place] ?? "");
      bases.push(base);
      older.addAll(base.ancestors);
    }
    return bases;
  }

  async #replay(graph: Omnigraph, summary: CommitSummary, place: number): Promise<void> {
    const parents = [summary.parent, summary.mergedParent].filter((id) => id !== null);
    const before = parents.map((id) => this.get(id));
    const shared = new Map(before[0]?.shared);
    const inserted: string[] = [];
    for await (const { id, type, op, before: from, after } of changesOf(graph, summary)) {
      if (type.name === "Marker") {
        if (op !== "insert") throw new Error(`${summary.id}: a marker is ${op}d`);
        inserted.push(id);
        continue;
      }
      if (!isDeepStrictEqual(shared.get(id), from?.properties))
        throw new Error(`${summary.id}: the former image of ${id} is not what its parent has`);
      if (after === null) shared.delete(id);
      else shared.set(id, after.properties);
    }
    const parts = before.map(({ ancestors }) => ancestors);
    const ancestors = new CommitSet(this.order.length, parts).add(place);
    this.#commits.set(summary.id, { summary, parents, inserted, shared, ancestors });
  }

  #placeOf(id: string): number {
    const place = this.#places.get(id);
    if (place === undefined) throw new Error(`commit ${id} is not in the history`);
    return place;
  }
}

/** An entity as a merge leaves it, and whether a side had to decide. */
interface NaiveOutcome {
  readonly image: Image;
  readonly isConflict: boolean;
}

/** What docs/merge/README.md makes of an entity that no other entity depends on, where the strategy is for a side. */
export function naiveMerge(
  bases: readonly Image[],
  ours: Image,
  theirs: Image,
  side: "ours" | "theirs",
): NaiveOutcome {
  if (isDeepStrictEqual(ours, theirs)) return { image: ours, isConflict: false };
  const chosen = side === "ours" ? ours : theirs;
  const isOneBase = bases.every((other) => isDeepStrictEqual(other, bases[0]));
  const base = isOneBase ? bases[0] : undefined;
  if (isOneBase && isDeepStrictEqual(theirs, base)) return { image: ours, isConflict: false };
  if (isOneBase && isDeepStrictEqual(ours, base)) return { image: theirs, isConflict: false };
  if (ours === undefined || theirs === undefined) return { image: chosen, isConflict: true };
  const merged: Record<string, unknown> = { ...ours };
  let isConflict = false;
  for (const [name, value] of Object.entries(theirs)) {
    if (ours[name] === value || (base !== undefined && value === base[name])) continue;
    const isOfTheirs = base !== undefined && ours[name] === base[name];
    isConflict ||= !isOfTheirs;
    merged[name] = isOfTheirs ? value : chosen?.[name];
  }
  return { image: merged, isConflict };
}

async function* changesOf(graph: Omnigraph, { id, parent }: CommitSummary) {
  if (parent === null) return;
  for (let token: string | null | undefined; token !== null;) {
    const page = await graph.commits.changes(id, token === undefined ? {} : { pageToken: token });
    yield* page.changes;
    token = page.nextPageToken;
  }
}

function parentsFirst(summaries: ReadonlyMap<string, CommitSummary>): readonly string[] {
  const order = new Set<string>();
  const stack = [...summaries.keys()].toReversed();
  while (stack.length > 0) {
    const id = stack[stack.length - 1] ?? "";
    const { parent = null, mergedParent = null } = summaries.get(id) ?? {};
    const missing = [parent, mergedParent].filter((one) => one !== null && !order.has(one)) as string[];
    stack.push(...missing);
    if (missing.length > 0) continue;
    stack.pop();
    order.add(id);
  }
  return [...order];
}
