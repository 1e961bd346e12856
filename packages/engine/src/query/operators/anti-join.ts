import type { VariableIndex } from "@omnigraph/language";
import { type Batch, BATCH_ROWS, moveRow, type Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { MatchedRows } from "./expand.ts";

/** Feeds the rows of a batch to a negated pattern; the origin slot holds the number of each row. */
export class Feed implements Operator {
  readonly #reads: readonly VariableIndex[];
  readonly #origin: VariableIndex;
  readonly #out: Batch;
  #given = true;

  constructor(
    reads: readonly VariableIndex[],
    origin: VariableIndex,
    weighted: boolean,
    context: RunContext,
  ) {
    this.#reads = reads;
    this.#origin = origin;
    this.#out = context.batch([...reads, origin], weighted);
  }

  /** Copies the slots that the pattern reads, because its steps may drop rows in place. */
  load(batch: Batch): void {
    const out = this.#out;
    for (const variable of this.#reads) {
      out.slots[variable]!.set(batch.slots[variable]!.subarray(0, batch.length));
    }
    const numbers = out.slots[this.#origin]!;
    for (let i = 0; i < batch.length; i++) numbers[i] = i;
    out.weights?.fill(1, 0, batch.length);
    out.length = batch.length;
    this.#given = false;
  }

  next(): Batch | null {
    if (this.#given) return null;
    this.#given = true;
    return this.#out;
  }

  reset(): void {
    this.#given = true;
  }
}

/** Keeps the rows for which the negated pattern has no match. A batch is tested at once; a row that has a match is not followed further. */
export class AntiJoin implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #feed: Feed;
  readonly #pattern: Operator;
  readonly #matched: MatchedRows;
  readonly #nothing: Batch;
  /** The batch that is being tested, and how many of its rows have no match yet. */
  #batch: Batch | null = null;
  #open = 0;

  constructor(input: Operator, feed: Feed, pattern: Operator, matched: MatchedRows, context: RunContext) {
    this.#context = context;
    this.#input = input;
    this.#feed = feed;
    this.#pattern = pattern;
    this.#matched = matched;
    this.#nothing = context.batch([], false);
  }

  next(): Batch | null {
    const batch = this.#batch ?? this.#input.next();
    if (batch === null || batch.length === 0) return batch;
    if (this.#batch === null) this.#begin(batch);
    if (!this.#mark()) return this.#nothing;
    this.#batch = null;
    const { marks } = this.#matched;
    let kept = 0;
    for (let i = 0; i < batch.length; i++) if (marks[i] === 0) moveRow(batch, i, kept++);
    batch.length = kept;
    return batch;
  }

  reset(): void {
    this.#input.reset();
    this.#batch = null;
  }

  #begin(batch: Batch): void {
    this.#context.tick(batch.length);
    this.#matched.marks.fill(0, 0, batch.length);
    this.#pattern.reset();
    this.#feed.load(batch);
    this.#batch = batch;
    this.#open = batch.length;
  }

  /** Marks the rows that have a match; false when it is time to yield before all are known. */
  #mark(): boolean {
    const { marks, origin } = this.#matched;
    for (let found = this.#pattern.next(); found !== null; found = this.#pattern.next()) {
      const numbers = found.slots[origin]!;
      for (let i = 0; i < found.length; i++) {
        const number = numbers[i]!;
        if (marks[number] === 1) continue;
        marks[number] = 1;
        this.#open--;
      }
      if (this.#open === 0) return true;
      if (this.#context.yieldDue) return false;
    }
    return true;
  }
}

/** Room for the marks of one batch. */
export function noMatches(origin: VariableIndex): MatchedRows {
  return { marks: new Uint8Array(BATCH_ROWS), origin };
}
