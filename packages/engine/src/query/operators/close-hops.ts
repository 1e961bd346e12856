import type { VariableIndex } from "@omnigraph/language";
import type { WithinHops } from "../neighbours/within-hops.ts";
import type { Link } from "../plan/spec.ts";
import { type Batch, moveRow, type Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { missingTest } from "./missing-test.ts";
import type { SlotTest } from "./predicate-test.ts";

/**
 * A traversal of several hops whose ends are both bound: keeps the rows where it leads from one to the other. A search goes on from row to row as long as
 * it begins at the same node, and no farther than to what is asked for.
 */
export class CloseHops implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #search: WithinHops;
  readonly #known: VariableIndex;
  readonly #sought: VariableIndex;
  readonly #nothing: Batch;
  readonly #isMissing: SlotTest | null;
  /** The batch that is being tested; its first rows have been, of which some are kept. */
  #batch: Batch | null = null;
  #tested = 0;
  #kept = 0;

  constructor(input: Operator, search: WithinHops, { known, sought }: Link, context: RunContext) {
    this.#context = context;
    this.#input = input;
    this.#search = search;
    this.#known = known;
    this.#sought = sought;
    this.#nothing = context.batch([], false);
    this.#isMissing = missingTest([known, sought], context);
  }

  next(): Batch | null {
    const batch = this.#batch ?? this.#input.next();
    if (batch === null || batch.length === 0) return batch;
    if (this.#batch === null) {
      this.#batch = batch;
      this.#tested = 0;
      this.#kept = 0;
    }
    if (!this.#test(batch)) return this.#nothing;
    this.#batch = null;
    batch.length = this.#kept;
    return batch;
  }

  reset(): void {
    this.#input.reset();
    this.#batch = null;
  }

  /** Tests rows; false when it is time to yield before all are. */
  #test(batch: Batch): boolean {
    const known = batch.slots[this.#known]!;
    const sought = batch.slots[this.#sought]!;
    while (this.#tested < batch.length) {
      const row = this.#tested;
      const isMissing = this.#isMissing !== null && this.#isMissing(batch.slots, row);
      const reaches = isMissing ? false : this.#search.seek(known[row]!, sought[row]!);
      this.#context.tick(8);
      if (reaches !== null) {
        if (reaches) moveRow(batch, row, this.#kept++);
        this.#tested++;
      }
      if (this.#context.yieldDue) return false;
    }
    return true;
  }
}
