import type { VariableIndex } from "@omnigraph/language";
import { valueBytes } from "../group/value-bytes.ts";
import type { Step } from "../plan/spec.ts";
import { type Batch, type Operator, repeatRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { SubqueryValues } from "../run/subquery-values.ts";
import type { Feed } from "./anti-join.ts";
import type { Matches } from "./matches.ts";
import { VertexCheck } from "./vertex-check.ts";

/** The pattern of a subquery, and what is made of its rows. */
interface GroupedPattern {
  readonly feed: Feed;
  readonly pattern: Operator;
  readonly matches: Matches;
}

/** Gives each row the value of a subquery, and keeps those whose value passes. A batch is matched at once; the rows that the pattern gives are grouped by the row that they extend. */
export class GroupJoin implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #grouped: GroupedPattern;
  readonly #check: VertexCheck;
  readonly #values: SubqueryValues;
  readonly #out: Batch;
  /** What the rows keep of the input. */
  readonly #kept: readonly VariableIndex[];
  /** The slot of the value. */
  readonly #slot: Uint32Array;
  /** The batch whose matches are sought. */
  #rows: Batch | null = null;

  constructor(
    input: Operator,
    grouped: GroupedPattern,
    { subquery: { variable }, vertex, carried }: Extract<Step, { kind: "group-join" }>,
    weighted: boolean,
    context: RunContext,
  ) {
    this.#context = context;
    this.#input = input;
    this.#grouped = grouped;
    this.#check = new VertexCheck(vertex, context);
    this.#values = context.subqueryValues(variable);
    this.#out = context.batch(carried, weighted);
    this.#kept = carried.filter((other) => other !== variable);
    this.#slot = this.#out.slots[variable]!;
  }

  next(): Batch | null {
    this.#out.length = 0;
    const rows = this.#rows ?? this.#open();
    if (rows === null || rows.length === 0) return rows;
    if (!this.#match()) return this.#out;
    this.#rows = null;
    this.#write(rows);
    this.#grouped.matches.close();
    return this.#out;
  }

  reset(): void {
    this.#input.reset();
    if (this.#rows !== null) this.#grouped.matches.close();
    this.#rows = null;
  }

  /** The next rows, whose matches are sought from now on. */
  #open(): Batch | null {
    const rows = this.#input.next();
    if (rows === null || rows.length === 0) return rows;
    const { feed, pattern, matches } = this.#grouped;
    this.#context.tick(rows.length);
    pattern.reset();
    feed.load(rows);
    matches.open(rows.length);
    this.#rows = rows;
    return rows;
  }

  /** Takes in the matches; false when it is time to yield before all are known. */
  #match(): boolean {
    const { pattern, matches } = this.#grouped;
    for (let found = pattern.next(); found !== null; found = pattern.next()) {
      matches.add(found);
      if (matches.isDecided) return true;
      if (this.#context.yieldDue) return false;
    }
    return true;
  }

  #write(rows: Batch): void {
    const { matches } = this.#grouped;
    const out = this.#out;
    let length = 0;
    for (let row = 0; row < rows.length; row++) {
      const value = matches.value(row);
      const number = this.#values.numberOf(value, valueBytes(value));
      if (!this.#check.free && !this.#check.passes(number)) continue;
      repeatRow(rows, row, out, length, length + 1, this.#kept);
      if (this.#slot.length > 0) this.#slot[length] = number;
      length++;
    }
    out.length = length;
    // What is not carried is not read again.
    if (this.#slot.length === 0) this.#values.clear();
  }
}
