import { OmnigraphError, type Clock, type Value, type Values, stampOf } from "@omnigraph/base";
import type { Variable, VariableIndex } from "@omnigraph/language";
import type { Cells, Rows, View } from "../../view/view.ts";
import { idCells } from "./id-cells.ts";
import { type Batch, NO_ORDINALS } from "./batch.ts";
import type { Scratch, Stamps } from "./scratch.ts";
import type { ConstantExpr, EntityExpr } from "../plan/expressions.ts";

/** Rows (or edges) between two looks at the clock: some tenths of a millisecond of work. */
const WORK_PER_CHECK = 32_768;
/** How long a query may hold the event loop. */
const HOLD_MS = 10;

/** What a run of a query is held to. */
export interface RunLimits {
  readonly clock: Clock;
  /** On the clock's monotonic scale, in milliseconds. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Most bytes of intermediate state. */
  readonly memoryBytes?: number;
}

/** One run of one query: its snapshot, parameters and limits, and the buffers lent to its operators. */
export class RunContext {
  readonly view: View;
  /** The slot behind the variables: it numbers the rows given to a negated pattern. */
  readonly origin: VariableIndex;
  /** True when the query has held the event loop long enough: operators return early, the driver lets others run. */
  yieldDue = false;
  readonly #parameters: Values;
  readonly #variables: readonly Variable[];
  readonly #limits: RunLimits;
  readonly #scratch: Scratch;
  readonly #batches: Batch[] = [];
  readonly #stamps: Stamps[] = [];
  readonly #memoryBytes: number;
  #heldBytes = 0;
  #work = 0;
  #heldSince: number;
  #now: number | null = null;

  constructor(
    view: View,
    variables: readonly Variable[],
    parameters: Values,
    limits: RunLimits,
    scratch: Scratch,
  ) {
    this.view = view;
    this.#variables = variables;
    this.origin = variables.length;
    this.#parameters = parameters;
    this.#limits = limits;
    this.#scratch = scratch;
    this.#memoryBytes = limits.memoryBytes ?? Number.POSITIVE_INFINITY;
    this.#heldSince = limits.clock.monotonicMs();
    this.#check();
  }

  variable(index: VariableIndex): Variable {
    return this.#variables[index]!;
  }

  rows(index: VariableIndex): Rows {
    const { type } = this.variable(index);
    return type.kind === "node" ? this.view.nodes(type) : this.view.edges(type);
  }

  /** The cells that an expression reads; of a whole entity, its ids. */
  cells(expr: EntityExpr): Cells {
    const rows = this.rows(expr.variable);
    return expr.kind === "field" && expr.field.kind === "property"
      ? rows.column(expr.field.property.id)
      : idCells(rows);
  }

  constant(expr: ConstantExpr): Value {
    switch (expr.kind) {
      case "literal":
        return expr.value;
      case "parameter":
        return this.#parameters[expr.name] ?? null;
      case "now":
        this.#now ??= Math.floor(stampOf(this.#limits.clock) / 1000);
        return this.#now;
    }
  }

  /** An empty batch that carries the variables. */
  batch(carried: readonly VariableIndex[], weighted: boolean): Batch {
    const slots: Uint32Array[] = [];
    for (let v = 0; v <= this.#variables.length; v++) slots.push(NO_ORDINALS);
    for (const variable of carried) slots[variable] = this.#scratch.takeOrdinals();
    const batch: Batch = { length: 0, slots, weights: weighted ? this.#scratch.takeWeights() : null };
    this.#batches.push(batch);
    return batch;
  }

  stamps(capacity: number): Stamps {
    const stamps = this.#scratch.takeStamps(capacity);
    this.#stamps.push(stamps);
    return stamps;
  }

  /** Counts work done (rows, edges); now and then looks at the deadline and the signal. Throws `deadline_exceeded` or `aborted`. */
  tick(work: number): void {
    this.#work += work;
    if (this.#work >= WORK_PER_CHECK) this.#check();
  }

  /** Accounts for intermediate memory; negative gives back. Throws `memory_exceeded`. */
  charge(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes <= this.#memoryBytes) return;
    throw new OmnigraphError(
      "memory_exceeded",
      `the query needs more than ${this.#memoryBytes} bytes for rows under way: narrow it, or raise OMNIGRAPH_MEMORY`,
      { details: { limit_bytes: this.#memoryBytes } },
    );
  }

  /** Called after others have had the event loop. */
  resumed(): void {
    this.yieldDue = false;
    this.#heldSince = this.#limits.clock.monotonicMs();
    this.#check();
  }

  /** Gives every buffer back. No batch may be used after it. */
  close(): void {
    for (const batch of this.#batches) {
      for (const slot of batch.slots) if (slot.length > 0) this.#scratch.giveOrdinals(slot);
      if (batch.weights !== null) this.#scratch.giveWeights(batch.weights);
    }
    for (const stamps of this.#stamps) this.#scratch.giveStamps(stamps);
    this.#batches.length = 0;
    this.#stamps.length = 0;
  }

  #check(): void {
    this.#work = 0;
    const { clock, deadline, signal } = this.#limits;
    if (signal?.aborted === true) {
      throw new OmnigraphError("aborted", "the query was stopped by its caller", { cause: signal.reason });
    }
    const now = clock.monotonicMs();
    if (deadline !== undefined && now > deadline) {
      throw new OmnigraphError("deadline_exceeded", "the query ran out of time: ask for less, or allow more");
    }
    if (now - this.#heldSince > HOLD_MS) this.yieldDue = true;
  }
}
