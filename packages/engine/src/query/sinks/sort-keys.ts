import type { Value } from "@omnigraph/base";
import { isConstant, type ScalarName, type VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import { isRowwise, type RowwiseExpr } from "../plan/expressions.ts";
import type { Outputs } from "../plan/outputs.ts";
import { compareNullable } from "../predicates/values.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { RowCursor, rowValues, WordCursor } from "../run/row-values.ts";
import type { SearchCells } from "../run/search-cells.ts";
import type { RowOrder } from "./heap.ts";
import type { RowStore } from "./row-store.ts";

/** One criterion of an order over rows: cells of an entity, or what is computed of each row. */
type SortKey = CellsKey | ComputedKey;

interface Criterion {
  /** The type of the values; ids are texts. */
  readonly scalar: ScalarName;
  /** 1 ascending, -1 descending. */
  readonly sign: number;
}

interface CellsKey extends Criterion {
  readonly kind: "cells";
  readonly variable: VariableIndex;
  readonly cells: Cells;
  /** The ranking that the cells are of. */
  readonly search: SearchCells | null;
}

interface ComputedKey extends Criterion {
  readonly kind: "computed";
  readonly expr: RowwiseExpr;
  /** By stored row. Each value is computed once. */
  readonly values: Value[];
}

/** Of a value in memory, about. */
const VALUE_BYTES = 16;

/** The criteria of an order over stored rows, including the ids that break ties. Constants are left out. */
export class SortKeys {
  /** Bytes that a stored row takes beside its ordinals. */
  readonly rowBytes: number;
  readonly #keys: readonly SortKey[];
  readonly #store: RowStore;
  readonly #context: RunContext;
  readonly #cursor = new RowCursor();
  readonly #computed: readonly { readonly values: Value[]; readonly valueAt: (row: number) => Value }[];

  constructor(outputs: Extract<Outputs, { kind: "rows" }>, store: RowStore, context: RunContext) {
    this.#store = store;
    this.#context = context;
    this.#keys = sortKeys(outputs, context);
    this.#computed = this.#keys.flatMap((key) =>
      key.kind === "computed"
        ? [{ values: key.values, valueAt: rowValues(key.expr, context, this.#cursor.ordinalOf) }]
        : [],
    );
    this.rowBytes = VALUE_BYTES * this.#computed.length;
  }

  /** To be called before the rows of a batch are offered. */
  prepare({ slots, length }: Batch): void {
    for (const key of this.#keys) if (key.kind === "cells") key.search?.prepare(slots[key.variable]!, length);
  }

  /** Computes what the order needs of a row of a batch that is stored at a place. */
  compute({ slots }: Batch, row: number, place: number): void {
    if (this.#computed.length === 0) return;
    this.#cursor.slots = slots;
    for (const { values, valueAt } of this.#computed) values[place] = valueAt(row);
  }

  /** As `compute`, for rows [from, length of the store), which are rows of a batch from its first on, so often each. */
  computeNew(batch: Batch, from: number): void {
    if (this.#computed.length === 0) return;
    let place = from;
    for (let row = 0; row < batch.length; row++) {
      const times = batch.weights === null ? 1 : batch.weights[row]!;
      for (let k = 0; k < times; k++) this.compute(batch, row, place++);
    }
    this.#context.charge((place - from) * this.rowBytes);
  }

  /** Forgets what was computed: the store is empty. */
  clear(): void {
    for (const { values } of this.#computed) {
      this.#context.charge(-values.length * VALUE_BYTES);
      values.length = 0;
    }
  }

  /** The order of stored rows, by their places. */
  order(): RowOrder {
    const orders = this.#keys.map((key): RowOrder => {
      const compare = this.#comparer(key);
      return key.sign < 0 ? (a, b) => -compare(a, b) : compare;
    });
    return (a, b) => {
      for (let k = 0; k < orders.length; k++) {
        const order = orders[k]!(a, b);
        if (order !== 0) return order;
      }
      return 0;
    };
  }

  /** Appends the values of a row, given as the ordinals of the variables of the store, to a key of bytes. */
  appender(
    append: (value: Value, scalar: ScalarName, descending: boolean) => void,
  ): (row: Uint32Array) => void {
    const { variables } = this.#store;
    const cursor = new WordCursor(variables);
    const readers = this.#keys.map((key): ((row: Uint32Array) => Value) => {
      if (key.kind === "cells") {
        const at = variables.indexOf(key.variable);
        return (row) => key.cells.value(row[at]!);
      }
      const valueAt = rowValues(key.expr, this.#context, cursor.ordinalOf);
      return (row) => {
        cursor.words = row;
        return valueAt(0);
      };
    });
    return (row) => {
      for (const [k, { scalar, sign }] of this.#keys.entries()) append(readers[k]!(row), scalar, sign < 0);
    };
  }

  /** The first criterion, where entities can be compared fast by a number; see `roughNumber`. */
  rough(): { readonly variable: VariableIndex; readonly numberOf: (ordinal: number) => number } | null {
    const [first] = this.#keys;
    const numberOf = first?.kind === "cells" ? roughNumber(first) : null;
    return first?.kind === "cells" && numberOf !== null ? { variable: first.variable, numberOf } : null;
  }

  #comparer(key: SortKey): RowOrder {
    if (key.kind === "computed") {
      const { values } = key;
      return (a, b) => compareNullable(values[a]!, values[b]!);
    }
    const { cells } = key;
    const column = this.#store.column(key.variable);
    return (a, b) => cells.compare(column[a]!, column[b]!);
  }
}

/** The id of an entity; the length of a path and then, where they are asked for, the ids of its nodes. */
function tieKeys(variable: VariableIndex, context: RunContext): readonly SortKey[] {
  const { type } = context.variable(variable);
  const key = (cells: Cells, scalar: ScalarName): SortKey => ({
    kind: "cells",
    variable,
    cells,
    search: null,
    scalar,
    sign: 1,
  });
  if (type.kind !== "path") return [key(context.idsOf(variable), "String")];
  const length = key(context.pathCells(variable, "length"), "I64");
  return type.traced ? [length, key(context.pathCells(variable, "nodes"), "String")] : [length];
}

function sortKeys(outputs: Extract<Outputs, { kind: "rows" }>, context: RunContext): readonly SortKey[] {
  const keys = outputs.order.flatMap(({ expr, descending }): readonly SortKey[] => {
    if (isConstant(expr)) return [];
    const criterion = { scalar: expr.type.scalar ?? "String", sign: descending ? -1 : 1 } as const;
    if (isRowwise(expr)) return [{ kind: "computed", ...criterion, expr, values: [] }];
    const { variable } = expr;
    const search = expr.kind === "search" ? context.search(expr) : null;
    const key: CellsKey = { kind: "cells", ...criterion, variable, cells: context.cells(expr), search };
    const ties = search?.ties ?? null;
    return ties === null ? [key] : [key, { ...key, scalar: "F64", sign: 1, cells: ties, search: null }];
  });
  const ties = outputs.ties.flatMap((variable) => tieKeys(variable, context));
  return [...keys, ...ties];
}

/** Types whose values are numbers, or truth values, which are numbered. */
const NUMBERED: ReadonlySet<ScalarName> = new Set([
  "Bool",
  "I32",
  "U32",
  "I64",
  "U64",
  "F32",
  "F64",
  "Date",
  "DateTime",
]);

/**
 * A number by which entities can be compared fast: a smaller number comes earlier, equal numbers mean that the cells must be compared. Null where the
 * type of the cells has no such number.
 */
function roughNumber({ cells, scalar, sign }: CellsKey): ((ordinal: number) => number) | null {
  if (!NUMBERED.has(scalar)) return null;
  return (ordinal) => (cells.isNull(ordinal) ? Number.NEGATIVE_INFINITY : cells.number(ordinal)) * sign;
}
