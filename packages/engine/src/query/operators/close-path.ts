import type { VariableIndex } from "@omnigraph/language";
import type { PathFinder } from "../neighbours/path-finder.ts";
import { shortestPath } from "../neighbours/shortest-path.ts";
import { boundBeside, type Step } from "../plan/spec.ts";
import { type Batch, NO_ORDINALS, type Operator, repeatRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { missingTest } from "./missing-test.ts";
import type { SlotTest } from "./predicate-test.ts";
import type { VertexCheck } from "./vertex-check.ts";

/** A traversal that names its path and whose ends are both bound: keeps the rows where a path that passes leads from one to the other, with that path. */
export class ClosePath implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #finder: PathFinder;
  readonly #path: VertexCheck;
  readonly #out: Batch;
  readonly #least: number;
  readonly #from: VariableIndex;
  readonly #to: VariableIndex;
  readonly #paths: Uint32Array;
  readonly #copied: readonly VariableIndex[];
  readonly #isMissing: SlotTest | null;
  #rows: Batch | null = null;
  #row = 0;
  /** The search for the current row has begun. */
  #isOpen = false;

  constructor(
    input: Operator,
    { link: { traverse }, carried }: Extract<Step, { kind: "close" }>,
    finder: PathFinder,
    path: VertexCheck,
    weighted: boolean,
    context: RunContext,
  ) {
    const beside = boundBeside(traverse);
    this.#context = context;
    this.#input = input;
    this.#finder = finder;
    this.#path = path;
    this.#out = context.batch(carried, weighted);
    this.#least = traverse.hops.min;
    this.#from = traverse.from;
    this.#to = traverse.to;
    this.#paths = beside === null ? NO_ORDINALS : this.#out.slots[beside]!;
    this.#copied = carried.filter((variable) => variable !== beside);
    this.#isMissing = missingTest([traverse.from, traverse.to], context);
  }

  next(): Batch | null {
    this.#out.length = 0;
    this.#rows ??= this.#input.next();
    if (this.#rows === null) return null;
    if (this.#search(this.#rows)) {
      this.#rows = null;
      this.#row = 0;
    }
    return this.#out;
  }

  reset(): void {
    this.#input.reset();
    this.#rows = null;
    this.#row = 0;
    this.#isOpen = false;
  }

  /** Finds the paths of rows; false when it is time to yield before all are. */
  #search(rows: Batch): boolean {
    const { search } = this.#finder;
    const from = rows.slots[this.#from]!;
    const to = rows.slots[this.#to]!;
    while (this.#row < rows.length) {
      const isMissing = this.#isMissing !== null && this.#isMissing(rows.slots, this.#row);
      if (!this.#isOpen && !isMissing) search.open(from[this.#row]!, to[this.#row]!);
      const distance = isMissing ? 0 : search.step();
      this.#isOpen = distance === null;
      this.#context.tick(8);
      if (distance !== null) {
        if (distance >= this.#least) this.#write(rows, this.#row, distance);
        this.#row++;
      }
      if (this.#context.yieldDue) return this.#row === rows.length;
    }
    return true;
  }

  #write(rows: Batch, row: number, distance: number): void {
    const out = this.#out;
    const path = this.#numberOf(rows.slots[this.#from]![row]!, rows.slots[this.#to]![row]!, distance);
    if (!this.#path.passes(path)) return;
    if (this.#paths.length > 0) this.#paths[out.length] = path;
    repeatRow(rows, row, out, out.length, out.length + 1, this.#copied);
    out.length++;
  }

  /** The number of the path that the search has found. */
  #numberOf(from: number, to: number, distance: number): number {
    const { search, trace } = this.#finder;
    if (trace === null) return distance;
    const { numbers, ids, stamps } = trace;
    const [start, ...others] = from === to ? [from, to] : shortestPath(search, ids, stamps);
    return others.reduce((path, node) => numbers.extend(path, node), numbers.start(start!));
  }
}
