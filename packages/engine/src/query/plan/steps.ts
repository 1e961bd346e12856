import type { Subquery, VariableIndex } from "@omnigraph/language";
import { type Block, edgeSpec, linkFrom, type PlannedSubquery, specOf, type Vertex } from "./block.ts";
import { componentsOf } from "./branches.ts";
import { type CountOf, fanOut, passingShare, startRows } from "./estimate.ts";
import { boundBeside, predicateReads, isFree, type Link, type Step, type Traverse } from "./spec.ts";

/**
 * Orders a folded block greedily: conditions as soon as their variables are bound, then the traversal from a bound node that gives the fewest rows; a
 * new start (a cross product) only where no traversal leads on. Nodes with an anchor come first.
 */
export function orderSteps(block: Block, countOf: CountOf): Step[] {
  const steps: Step[] = block.guards.map((filter) => ({ kind: "guard", filter }));
  const factors: Step[] = [];
  const open = new Set(block.vertices.keys());
  for (const component of componentsOf(block)) {
    const members = [...component].flatMap((index) => block.vertices.get(index) ?? []);
    if (members.some(({ required }) => required)) continue;
    for (const index of component) open.delete(index);
    factors.push({ kind: "factor", steps: new Ordering(block, component, countOf).run() });
  }
  // A negation that reads nothing of the block holds for all rows or for none.
  for (const { reads, steps: nested } of block.negations) {
    if (reads.length === 0) steps.push({ kind: "anti-join", steps: nested, reads });
  }
  return [...steps, ...new Ordering(block, open, countOf).run(), ...factors];
}

class Ordering {
  readonly #block: Block;
  readonly #countOf: CountOf;
  readonly #steps: Step[] = [];
  readonly #bound = new Set<VariableIndex>();
  readonly #waiting: Set<Vertex>;
  readonly #traverses: Set<Traverse>;
  readonly #joins: Set<Block["joins"][number]>;
  readonly #negations: Set<Block["negations"][number]>;
  readonly #subqueries: Set<Block["subqueries"][number]>;

  /** Orders the part of the block that has these variables. */
  constructor(block: Block, part: ReadonlySet<VariableIndex>, countOf: CountOf) {
    this.#block = block;
    this.#countOf = countOf;
    const vertices = [...part].flatMap((index) => block.vertices.get(index) ?? []);
    this.#waiting = new Set(
      vertices.filter(({ outer, variable }) => !outer && variable.type.kind === "node"),
    );
    this.#traverses = new Set([...block.traverses].filter(({ from }) => part.has(from)));
    this.#joins = new Set(
      block.joins.filter((filter) => predicateReads(filter).some((read) => part.has(read))),
    );
    this.#negations = new Set(block.negations.filter(({ reads }) => reads.some((read) => part.has(read))));
    this.#subqueries = new Set(block.subqueries.filter(({ subquery }) => part.has(subquery.variable)));
    for (const vertex of vertices) if (vertex.outer) this.#enter(vertex);
  }

  run(): Step[] {
    this.#pushReady();
    while (this.#waiting.size > 0) {
      const anchored = [...this.#waiting].find(({ anchor }) => anchor !== null);
      const link = anchored === undefined ? this.#cheapestLink() : null;
      if (link === null) this.#start(anchored ?? this.#cheapestStart());
      else this.#expand(link);
      this.#pushReady();
    }
    // What no condition reads is computed for the rows that are left.
    for (const subquery of this.#subqueries) this.#join(subquery);
    return this.#steps;
  }

  #enter(vertex: Vertex): void {
    this.#bound.add(vertex.variable.index);
    const spec = specOf(vertex);
    if (!isFree(spec)) this.#steps.push({ kind: "test", vertex: spec });
  }

  /** Emits every condition whose variables are bound. */
  #pushReady(): void {
    for (const filter of this.#joins) {
      if (!this.#allBound(predicateReads(filter))) continue;
      this.#joins.delete(filter);
      this.#steps.push({ kind: "filter", filter });
    }
    for (const traverse of this.#traverses) {
      if (!this.#allBound([traverse.from, traverse.to])) continue;
      this.#traverses.delete(traverse);
      const edge = edgeSpec(this.#block, traverse);
      this.#steps.push({
        kind: "close",
        link: linkFrom(traverse, this.#firstBound(traverse)),
        edge,
        carried: [],
      });
      this.#bindBeside(traverse);
      this.#pushReady();
      return;
    }
    for (const negation of this.#negations) {
      if (!this.#allBound(negation.reads)) continue;
      this.#negations.delete(negation);
      this.#steps.push({ kind: "anti-join", ...negation });
    }
    for (const planned of this.#subqueries) {
      if (!this.#allBound(planned.reads) || !this.#isTested(planned.subquery)) continue;
      this.#join(planned);
      this.#pushReady();
      return;
    }
  }

  /** Whether a condition reads the value of a subquery. */
  #isTested({ variable }: Subquery): boolean {
    const { filters } = this.#block.vertices.get(variable)!;
    return filters.length > 0 || [...this.#joins].some((join) => predicateReads(join).includes(variable));
  }

  #join(planned: PlannedSubquery): void {
    const { variable } = planned.subquery;
    const vertex = specOf(this.#block.vertices.get(variable)!);
    this.#subqueries.delete(planned);
    this.#bound.add(variable);
    this.#steps.push({ kind: "group-join", ...planned, vertex, carried: [] });
  }

  /** The end that was bound first: rows with the same one follow each other, so that its neighbours are looked up once. */
  #firstBound({ from, to }: Traverse): VariableIndex {
    for (const variable of this.#bound) if (variable === from || variable === to) return variable;
    return from;
  }

  #allBound(variables: readonly VariableIndex[]): boolean {
    return variables.every((variable) => this.#bound.has(variable));
  }

  #bindBeside(traverse: Traverse): void {
    const beside = boundBeside(traverse);
    if (beside !== null) this.#bound.add(beside);
  }

  #start(vertex: Vertex): void {
    this.#waiting.delete(vertex);
    this.#bound.add(vertex.variable.index);
    this.#steps.push({ kind: "bind", vertex: specOf(vertex), carried: [] });
  }

  #cheapestStart(): Vertex {
    const [first, ...others] = this.#waiting;
    let best = first!;
    for (const vertex of others) {
      if (startRows(vertex, this.#countOf) < startRows(best, this.#countOf)) best = vertex;
    }
    return best;
  }

  #cheapestLink(): Link | null {
    let best: Link | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const traverse of this.#traverses) {
      for (const known of [traverse.from, traverse.to]) {
        const link = linkFrom(traverse, known);
        const vertex = this.#block.vertices.get(link.sought);
        if (!this.#bound.has(known) || vertex === undefined || !this.#waiting.has(vertex)) continue;
        const rows = fanOut(link, this.#countOf) * passingShare(vertex, this.#countOf);
        if (rows < least) {
          best = link;
          least = rows;
        }
      }
    }
    return best;
  }

  #expand(link: Link): void {
    const vertex = this.#block.vertices.get(link.sought)!;
    this.#waiting.delete(vertex);
    this.#traverses.delete(link.traverse);
    this.#bound.add(link.sought);
    const edge = edgeSpec(this.#block, link.traverse);
    this.#steps.push({ kind: "expand", link, edge, vertex: specOf(vertex), carried: [] });
    this.#bindBeside(link.traverse);
  }
}
