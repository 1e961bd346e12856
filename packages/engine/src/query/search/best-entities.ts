import { bestIsGreatest, type Ranking, type VariableIndex } from "@omnigraph/language";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Stamps } from "../run/scratch.ts";
import type { SearchCells } from "../run/search-cells.ts";
import { TopHeap } from "../sinks/heap.ts";
import { Ranks } from "./ranks.ts";

/** Bytes of an entity that is kept: its ordinal, its number, and its place in the heap. */
const KEPT_BYTES = 16;

/** The first entities of a ranking among those that it is given, equal ones by their ids. Each counts once, however often it is given. */
export class BestEntities {
  readonly #variable: VariableIndex;
  /** What an optional block has where it binds nothing. */
  readonly #none: number;
  readonly #cells: SearchCells;
  /** By place the ordinal, and its number: the smaller, the better. */
  readonly #ordinals: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #sign: number;
  readonly #heap: TopHeap;
  readonly #order: (a: number, b: number) => number;
  readonly #given: Stamps;
  readonly #epoch: number;
  /** A place that is not in the heap. */
  #spare = 0;

  /** Keeps so many at most. The cells of the ranking are prepared. */
  constructor(ranking: Ranking, most: number, context: RunContext) {
    const rows = context.rows(ranking.variable);
    const kept = Math.min(most, rows.count);
    context.charge(kept * KEPT_BYTES);
    this.#variable = ranking.variable;
    this.#none = context.noneOf(ranking.variable);
    this.#cells = context.search(ranking);
    this.#sign = bestIsGreatest(ranking) === true ? -1 : 1;
    this.#ordinals = new Uint32Array(kept + 1);
    this.#numbers = new Float64Array(kept + 1);
    this.#order = (a, b) => {
      const [first, second] = [this.#numbers[a]!, this.#numbers[b]!];
      return first === second ? rows.compareIds(this.#ordinals[a]!, this.#ordinals[b]!) : first - second;
    };
    this.#heap = new TopHeap(kept, this.#order);
    this.#given = context.stamps(rows.capacity);
    this.#epoch = this.#given.next();
  }

  add({ slots, length }: Batch): void {
    const { marks } = this.#given;
    const ordinals = slots[this.#variable]!;
    this.#cells.prepare(ordinals, length);
    for (let k = 0; k < length; k++) {
      const ordinal = ordinals[k]!;
      if (ordinal === this.#none || marks[ordinal] === this.#epoch) continue;
      marks[ordinal] = this.#epoch;
      if (this.#cells.matches(ordinal)) this.#offer(ordinal);
    }
  }

  ranks(): Ranks {
    return new Ranks(this.#heap.sorted().map((place) => this.#ordinals[place]!));
  }

  #offer(ordinal: number): void {
    const place = this.#spare;
    this.#ordinals[place] = ordinal;
    this.#numbers[place] = this.#cells.number(ordinal) * this.#sign;
    if (!this.#heap.isFull) {
      this.#heap.push(place);
      this.#spare++;
    } else if (this.#order(place, this.#heap.last) < 0) {
      this.#spare = this.#heap.last;
      this.#heap.replaceLast(place);
    }
  }
}
