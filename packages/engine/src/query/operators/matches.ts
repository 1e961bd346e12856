import type { Value } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import { Account } from "../group/account.ts";
import type { Accumulator } from "../group/accumulator.ts";
import { accumulatorOf } from "../group/accumulators.ts";
import type { AggregateSpec } from "../plan/outputs.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { MatchedRows } from "./expand.ts";

/** What the matches of a subquery come to for each row of a batch. */
export interface Matches {
  /** Begins a batch with so many rows. */
  open(rows: number): void;
  /** Takes in matches, which have the number of their row in the origin slot. */
  add(found: Batch): void;
  /** Whether further matches change nothing. */
  readonly isDecided: boolean;
  value(row: number): Value;
  /** The values of the batch are not read any more. */
  close(): void;
}

/** Whether each row has a match. */
export class AnyMatch implements Matches {
  readonly #matched: MatchedRows;
  /** Rows without a match so far. */
  #unmatched = 0;

  /** In `matched` the pattern sees which rows it need not follow further. */
  constructor(matched: MatchedRows) {
    this.#matched = matched;
  }

  open(rows: number): void {
    this.#matched.marks.fill(0, 0, rows);
    this.#unmatched = rows;
  }

  add(found: Batch): void {
    const { marks, origin } = this.#matched;
    const numbers = found.slots[origin]!;
    for (let i = 0; i < found.length; i++) {
      const number = numbers[i]!;
      if (marks[number] === 1) continue;
      marks[number] = 1;
      this.#unmatched--;
    }
  }

  get isDecided(): boolean {
    return this.#unmatched === 0;
  }

  value(row: number): Value {
    return this.#matched.marks[row] === 1;
  }

  close(): void {}
}

/** An aggregate over the matches of each row. */
export class AggregatedMatches implements Matches {
  readonly isDecided = false;
  readonly #spec: AggregateSpec;
  readonly #origin: VariableIndex;
  readonly #context: RunContext;
  readonly #account: Account;
  #accumulator: Accumulator;

  constructor(spec: AggregateSpec, origin: VariableIndex, context: RunContext) {
    this.#spec = spec;
    this.#origin = origin;
    this.#context = context;
    this.#account = new Account(context);
    this.#accumulator = accumulatorOf(spec, context, this.#account);
  }

  open(rows: number): void {
    this.#accumulator = accumulatorOf(this.#spec, this.#context, this.#account);
    this.#account.charge(this.#accumulator.widen(rows));
  }

  add(found: Batch): void {
    this.#accumulator.add(found.slots[this.#origin]!, found);
  }

  value(row: number): Value {
    return this.#accumulator.value(row);
  }

  close(): void {
    this.#account.close();
  }
}
