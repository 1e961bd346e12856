import type { VariableIndex } from "@omnigraph/language";
import type { GroupOutputs } from "../plan/outputs.ts";
import type { Table } from "../result/table.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { ResidentGroups } from "./resident-groups.ts";
import type { Sink } from "./sink.ts";
import { SpilledGroups } from "./spilled-groups.ts";

/** Groups rows by their keys and aggregates each group: in memory, and on disk from the first group on that has no room there. */
export class Group implements Sink {
  readonly #outputs: GroupOutputs;
  readonly #variables: readonly VariableIndex[];
  readonly #limit: number;
  readonly #context: RunContext;
  #groups: ResidentGroups | SpilledGroups;

  /** `variables` are those that the outputs read. */
  constructor(
    outputs: GroupOutputs,
    variables: readonly VariableIndex[],
    limit: number,
    context: RunContext,
  ) {
    this.#outputs = outputs;
    this.#variables = variables;
    this.#limit = limit;
    this.#context = context;
    this.#groups = new ResidentGroups(outputs, limit, context);
  }

  accept(batch: Batch): boolean {
    this.#groups.accept(batch);
    if (this.#groups instanceof ResidentGroups && this.#groups.aggregation.isFull)
      this.#groups = this.#spilled(this.#groups, batch.weights !== null);
    return true;
  }

  finish(): boolean {
    return this.#groups.finish();
  }

  table(): Table {
    return this.#groups.table();
  }

  #spilled(full: ResidentGroups, isWeighted: boolean): ResidentGroups | SpilledGroups {
    const { spilling } = this.#context;
    if (spilling === null) return full;
    return new SpilledGroups(
      this.#outputs,
      this.#limit,
      full.aggregation,
      this.#variables,
      isWeighted,
      this.#context,
      spilling,
    );
  }
}
