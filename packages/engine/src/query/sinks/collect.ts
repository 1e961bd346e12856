import type { VariableIndex } from "@omnigraph/language";
import type { Outputs } from "../plan/outputs.ts";
import { rowColumn } from "../result/answer-column.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { WordLog } from "../spill/word-log.ts";
import { loggedTable } from "./logged-table.ts";
import { RowStore } from "./row-store.ts";
import { eachRow } from "./row-words.ts";
import type { Sink } from "./sink.ts";
import type { Table } from "../result/table.ts";

/** Collects rows in the order of arrival, up to the limit; on disk where they are too many for memory. */
export class Collect implements Sink {
  readonly #context: RunContext;
  readonly #outputs: Extract<Outputs, { kind: "rows" }>;
  readonly #limit: number;
  readonly #store: RowStore;
  #log: WordLog | null = null;

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
    const { spilling } = this.#context;
    if (this.#log === null && spilling !== null && this.#store.bytesWith(batch.length) > spilling.above) {
      const log = new WordLog(this.#store.variables.length, spilling);
      this.#store.drain((row) => log.append(row));
      this.#log = log;
    }
    return this.#log === null ? this.#keep(batch) : this.#write(batch, this.#log);
  }

  finish(): boolean {
    return true;
  }

  table(): Table {
    const store = this.#store;
    if (this.#log !== null) return loggedTable(this.#log, store.variables, this.#outputs, this.#context);
    const columns = this.#outputs.columns.map((expr) =>
      rowColumn(expr, this.#context, (variable) => store.column(variable)),
    );
    return { length: store.length, columns };
  }

  #keep(batch: Batch): boolean {
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

  #write(batch: Batch, log: WordLog): boolean {
    eachRow(batch, this.#store.variables, (row, _, times) => {
      const count = Math.min(times, this.#limit - log.length);
      for (let k = 0; k < count; k++) log.append(row);
    });
    return log.length < this.#limit;
  }
}
