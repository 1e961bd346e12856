import type { VariableIndex } from "@omnigraph/language";
import type { Step } from "../plan/spec.ts";
import { type Batch, BATCH_ROWS, type Operator, repeatRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Feed } from "./anti-join.ts";

/** Extends each row by each match of an optional pattern, or by nulls where it has none. A batch is matched at once. */
export class LeftJoin implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #feed: Feed;
  readonly #pattern: Operator;
  readonly #out: Batch;
  /** What the rows keep of the input. */
  readonly #kept: readonly VariableIndex[];
  /** What the pattern binds, with the ordinals that stand for null. */
  readonly #bound: readonly { readonly variable: VariableIndex; readonly none: number }[];
  readonly #matched = new Uint8Array(BATCH_ROWS);
  #rows: Batch | null = null;

  constructor(
    input: Operator,
    feed: Feed,
    pattern: Operator,
    { binds, carried }: Extract<Step, { kind: "optional" }>,
    weighted: boolean,
    context: RunContext,
  ) {
    this.#context = context;
    this.#input = input;
    this.#feed = feed;
    this.#pattern = pattern;
    this.#out = context.batch(carried, weighted);
    this.#kept = carried.filter((variable) => !binds.includes(variable));
    this.#bound = carried
      .filter((variable) => binds.includes(variable))
      .map((variable) => ({ variable, none: context.noneOf(variable) }));
  }

  next(): Batch | null {
    this.#out.length = 0;
    const rows = this.#rows ?? this.#open();
    if (rows === null || rows.length === 0) return rows;
    const found = this.#pattern.next();
    if (found === null) this.#addUnmatched(rows);
    else this.#addMatches(rows, found);
    return this.#out;
  }

  reset(): void {
    this.#input.reset();
    this.#rows = null;
  }

  /** The next rows, whose matches are sought from now on. */
  #open(): Batch | null {
    const rows = this.#input.next();
    if (rows === null || rows.length === 0) return rows;
    this.#context.tick(rows.length);
    this.#matched.fill(0, 0, rows.length);
    this.#pattern.reset();
    this.#feed.load(rows);
    this.#rows = rows;
    return rows;
  }

  #addMatches(rows: Batch, found: Batch): void {
    const out = this.#out;
    const origins = found.slots[this.#context.origin]!;
    for (let i = 0; i < found.length; i++) {
      const row = origins[i]!;
      this.#matched[row] = 1;
      repeatRow(rows, row, out, i, i + 1, this.#kept);
      if (out.weights !== null && found.weights !== null) out.weights[i]! *= found.weights[i]!;
    }
    for (const { variable } of this.#bound)
      out.slots[variable]!.set(found.slots[variable]!.subarray(0, found.length));
    out.length = found.length;
  }

  #addUnmatched(rows: Batch): void {
    const out = this.#out;
    let length = 0;
    for (let row = 0; row < rows.length; row++) {
      if (this.#matched[row] === 1) continue;
      repeatRow(rows, row, out, length, length + 1, this.#kept);
      length++;
    }
    for (const { variable, none } of this.#bound) out.slots[variable]!.fill(none, 0, length);
    out.length = length;
    this.#rows = null;
  }
}
