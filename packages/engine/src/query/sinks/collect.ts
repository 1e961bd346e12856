import type { VariableIndex } from "@omnigraph/language";
import type { Outputs } from "../plan/outputs.ts";
import { rowColumn } from "../result/answer-column.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { RowStore } from "./row-store.ts";
import type { Sink } from "./sink.ts";
import type { Table } from "../result/table.ts";

/** Collects rows in the order of arrival, up to the limit. */
export class Collect implements Sink {
  readonly #context: RunContext;
  readonly #outputs: Extract<Outputs, { kind: "rows" }>;
  readonly #limit: number;
  readonly #store: RowStore;

  constructor(
    outputs: Extract<Outputs, { kind: "rows" }>,
    variables: readonly VariableIndex[],
    limit: number,
    context: RunContext,
  ) {
    this.#context = context;
    this.#outputs = outputs;
    this.#limit = limit;
    this.#store = new RowStore(variables, context);
  }

  accept(batch: Batch): boolean {
    const store = this.#store;
    const { weights, length } = batch;
    if (weights === null) store.appendRange(batch, 0, Math.min(length, this.#limit - store.length));
    else {
      for (let i = 0; i < length && store.length < this.#limit; i++) {
        store.appendTimes(batch, i, Math.min(weights[i]!, this.#limit - store.length));
      }
    }
    return store.length < this.#limit;
  }

  finish(): boolean {
    return true;
  }

  table(): Table {
    const store = this.#store;
    const columns = this.#outputs.columns.map((expr) =>
      rowColumn(expr, this.#context, (variable) => store.column(variable)),
    );
    return { length: store.length, columns };
  }
}
