import {
  assert,
  OmnigraphError,
  present,
  type Clock,
  type Value,
  type Values,
  stampOf,
} from "@omnigraph/base";
import {
  exprKey,
  type Field,
  isConstant,
  type SearchExpr,
  type Variable,
  type VariableIndex,
} from "@omnigraph/language";
import type { Cells, EdgeRows, Rows, View } from "../../view/view.ts";
import { endCells, idCells } from "./id-cells.ts";
import { OptionalCells } from "./optional-cells.ts";
import { Spilling, type SpillLimits } from "../spill/spilling.ts";
import { type Batch, NO_ORDINALS } from "./batch.ts";
import { ComputedCells } from "../values/computed-cells.ts";
import { valuesOf } from "../values/evaluate.ts";
import type { Scratch, Stamps } from "./scratch.ts";
import type { SearchCells } from "./search-cells.ts";
import type { ConstantExpr, EntityExpr } from "../plan/expressions.ts";
import { entityType } from "../plan/spec.ts";
import { NO_VALUE, SubqueryCells, SubqueryValues } from "./subquery-values.ts";
import { LENGTHS, LengthCells, NO_PATH, NodesCells, type PathNumbers, PathStore } from "./paths.ts";

/** Rows (or edges) between two checks of the clock: some tenths of a millisecond of work. */
const WORK_PER_CHECK = 32_768;
/** How long a query may block the event loop, in milliseconds. */
const MAX_BLOCK_MS = 10;

/** The limits of one run of a query. */
export interface RunLimits {
  readonly clock: Clock;
  /** On the clock's monotonic scale, in milliseconds. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Most bytes of intermediate state. */
  readonly memoryBytes?: number;
  /** From which size on rows that are sorted, grouped or answered go to disk; without it none do. */
  readonly rows?: SpillLimits;
}

/** Of the most bytes of intermediate state: what rows may take before they go to disk. */
const SPILLED_PART = 1 / 4;

/** Bytes of rows of one run from which on they go to disk; infinite where they do not. */
export function spillAbove({ rows, memoryBytes = Number.POSITIVE_INFINITY }: RunLimits): number {
  return rows === undefined ? Number.POSITIVE_INFINITY : Math.min(rows.rowsAbove, memoryBytes * SPILLED_PART);
}

/** One run of one query: its snapshot, parameters and limits, and the buffers lent to its operators. */
export class RunContext {
  readonly view: View;
  /** The slot behind the variables: it numbers the rows given to a negated pattern. */
  readonly origin: VariableIndex;
  /** True when the query has blocked the event loop long enough: operators return early and the driver yields. */
  yieldDue = false;
  /** The disk, for rows that are too many for memory; null where they must stay in memory. */
  readonly spilling: Spilling | null;
  readonly #parameters: Values;
  readonly #variables: readonly Variable[];
  readonly #limits: RunLimits;
  readonly #scratch: Scratch;
  readonly #batches: Batch[] = [];
  readonly #stamps: Stamps[] = [];
  readonly #searches = new Map<string, SearchCells>();
  readonly #memoryBytes: number;
  readonly #paths = new Map<VariableIndex, PathStore>();
  /** Made when it is needed, as most runs have none. */
  #subqueries: Map<VariableIndex, SubqueryValues> | null = null;
  #chargedBytes = 0;
  #work = 0;
  #blockingSince: number;
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
    const { rows } = limits;
    this.spilling = rows === undefined ? null : new Spilling(spillAbove(limits), rows.spill);
    this.#blockingSince = limits.clock.monotonicMs();
    this.#check();
  }

  variable(index: VariableIndex): Variable {
    return this.#variables[index]!;
  }

  rows(index: VariableIndex): Rows {
    const type = entityType(this.variable(index));
    return type.kind === "node" ? this.view.nodes(type) : this.view.edges(type);
  }

  /** The ordinal that stands for null, where an optional block has bound nothing to a variable: no entity and no path has it. */
  noneOf(index: VariableIndex): number {
    const { type } = this.variable(index);
    if (type.kind === "subquery") return NO_VALUE;
    if (type.kind !== "path") return this.rows(index).capacity;
    // A path of one hop leads back to its start, all others to another node each.
    return type.traced ? NO_PATH : this.view.nodes(type.nodes).capacity + 1;
  }

  /** What bounds the ordinals of a variable; null for paths with their nodes and for values, whose numbers nothing bounds. */
  capacity(index: VariableIndex): number | null {
    const none = this.noneOf(index);
    return none === NO_PATH || none === NO_VALUE ? null : none + 1;
  }

  /** The values of a subquery. */
  subqueryValues(index: VariableIndex): SubqueryValues {
    this.#subqueries ??= new Map();
    const known = this.#subqueries.get(index);
    if (known !== undefined) return known;
    const values = new SubqueryValues((bytes) => this.charge(bytes));
    this.#subqueries.set(index, values);
    return values;
  }

  /** The paths of a variable whose nodes are asked for; null for one whose length alone is. */
  paths(index: VariableIndex): PathStore | null {
    return this.#paths.get(index) ?? null;
  }

  /** How the paths of a variable are numbered; `isReversed` where they are found from their ends. Each variable is bound in one place. */
  numberPaths(index: VariableIndex, isReversed: boolean): PathNumbers {
    const { type } = this.variable(index);
    if (type.kind !== "path" || !type.traced) return LENGTHS;
    const store = new PathStore(isReversed, (bytes) => this.charge(bytes));
    this.#paths.set(index, store);
    return store;
  }

  /** The cells that an expression reads; for a whole entity its ids. */
  cells(expr: EntityExpr): Cells {
    const { variable } = expr;
    if (expr.kind === "path") return this.pathCells(variable, expr.part);
    if (expr.kind === "subquery") return new SubqueryCells(this.subqueryValues(variable));
    if (this.variable(variable).type.kind === "path") return this.pathCells(variable, "length");
    if (expr.kind === "search") return this.#orNone(variable, this.search(expr));
    if (expr.kind === "entity") return this.idsOf(variable);
    return this.#orNone(variable, this.#fieldCells(variable, expr.field));
  }

  #fieldCells(variable: VariableIndex, field: Field): Cells {
    switch (field.kind) {
      case "id":
        return idCells(this.rows(variable));
      case "property":
        return this.rows(variable).column(field.property.id);
      case "type": {
        const { name } = this.rows(variable).type;
        return new ComputedCells(() => name);
      }
      case "src":
      case "dst":
        return endCells(this.edges(variable), field.kind);
    }
  }

  /** The ids of a variable. */
  idsOf(index: VariableIndex): Cells {
    return this.#orNone(index, idCells(this.rows(index)));
  }

  #orNone(index: VariableIndex, cells: Cells): Cells {
    return this.variable(index).optional ? new OptionalCells(cells, this.noneOf(index)) : cells;
  }

  /** What a search answers, which the run has prepared. */
  search(expr: SearchExpr): SearchCells {
    return present(this.#searches.get(exprKey(expr)), `cells of ${expr.function}`);
  }

  addSearch(expr: SearchExpr, cells: SearchCells): void {
    this.#searches.set(exprKey(expr), cells);
  }

  /** The lengths of the paths of a variable, or the ids of their nodes. */
  pathCells(index: VariableIndex, part: "length" | "nodes"): Cells {
    const store = this.paths(index);
    if (part === "length") return this.#orNone(index, new LengthCells(store));
    const { type } = this.variable(index);
    assert(type.kind === "path" && store !== null, "the nodes of the path are kept");
    return this.#orNone(index, new NodesCells(store, this.view.nodes(type.nodes).withIds()));
  }

  /** The rows of a variable that is an edge. */
  edges(index: VariableIndex): EdgeRows {
    const { type } = this.variable(index);
    assert(type.kind === "edge", "the variable is an edge");
    return this.view.edges(type);
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
      case "fixed":
        return valuesOf(expr.expr, (part) => (isConstant(part) ? () => this.constant(part) : null))(0);
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

  /** Counts work (rows, edges), and checks the deadline and the signal from time to time. Throws `deadline_exceeded` or `aborted`. */
  tick(work: number): void {
    this.#work += work;
    if (this.#work >= WORK_PER_CHECK) this.#check();
  }

  /** Accounts for intermediate memory; a negative number releases some. Throws `memory_exceeded`. */
  charge(bytes: number): void {
    this.#chargedBytes += bytes;
    if (this.#chargedBytes <= this.#memoryBytes) return;
    throw new OmnigraphError(
      "memory_exceeded",
      `the query needs more than ${this.#memoryBytes} bytes for rows under way: narrow it, or raise OMNIGRAPH_MEMORY`,
      { details: { limit_bytes: this.#memoryBytes } },
    );
  }

  /** To be called after yielding to the event loop. */
  resumed(): void {
    this.yieldDue = false;
    this.#blockingSince = this.#limits.clock.monotonicMs();
    this.#check();
  }

  /** Returns all buffers, and the disk but for what the answer has. Batches must not be used afterwards. */
  close(): void {
    for (const batch of this.#batches) {
      for (const slot of batch.slots) if (slot.length > 0) this.#scratch.giveOrdinals(slot);
      if (batch.weights !== null) this.#scratch.giveWeights(batch.weights);
    }
    for (const stamps of this.#stamps) this.#scratch.giveStamps(stamps);
    this.#batches.length = 0;
    this.#stamps.length = 0;
    this.spilling?.close();
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
    if (now - this.#blockingSince > MAX_BLOCK_MS) this.yieldDue = true;
  }
}
