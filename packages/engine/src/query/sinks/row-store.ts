import type { VariableIndex } from "@omnigraph/language";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";

const FIRST_ROWS = 16;

/** Rows that outlive their batch, as ordinals of some variables. */
export class RowStore {
  length = 0;
  readonly variables: readonly VariableIndex[];
  readonly #context: RunContext;
  readonly #columns: Uint32Array[];
  #capacity = FIRST_ROWS;

  constructor(variables: readonly VariableIndex[], context: RunContext) {
    this.variables = variables;
    this.#context = context;
    this.#columns = variables.map(() => new Uint32Array(FIRST_ROWS));
  }

  /** Ordinals of a variable by row; the array changes as the store grows. */
  column(variable: VariableIndex): Uint32Array {
    return this.#columns[this.variables.indexOf(variable)]!;
  }

  /** Appends rows [start, end) of a batch. */
  appendRange(batch: Batch, start: number, end: number): void {
    const count = end - start;
    this.#reserve(this.length + count);
    for (let v = 0; v < this.#columns.length; v++) {
      const from = batch.slots[this.variables[v]!]!;
      const to = this.#columns[v]!;
      const at = this.length;
      for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
    }
    this.length += count;
  }

  /** Appends one row of a batch several times. */
  appendTimes(batch: Batch, row: number, times: number): void {
    this.#reserve(this.length + times);
    for (let v = 0; v < this.#columns.length; v++) {
      this.#columns[v]!.fill(batch.slots[this.variables[v]!]![row]!, this.length, this.length + times);
    }
    this.length += times;
  }

  /** Overwrites the row at a place below the length. */
  put(batch: Batch, row: number, place: number): void {
    for (let v = 0; v < this.#columns.length; v++) {
      this.#columns[v]![place] = batch.slots[this.variables[v]!]![row]!;
    }
  }

  /** Makes the store `rows` long; the new rows are undefined. */
  allot(rows: number): void {
    this.#reserve(rows);
    this.length = rows;
  }

  /** The ordinals of a variable in the order of the places. */
  gathered(variable: VariableIndex, places: Uint32Array): Uint32Array {
    const column = this.column(variable);
    const ordinals = new Uint32Array(places.length);
    for (let i = 0; i < places.length; i++) ordinals[i] = column[places[i]!]!;
    return ordinals;
  }

  /** Bytes that the store takes once so many more rows are in it. */
  bytesWith(more: number): number {
    return Math.max(this.#capacity, this.length + more) * this.#rowBytes;
  }

  /** Gives each row away, in order, as the ordinals of all variables; then the store is empty. */
  drain(take: (words: Uint32Array) => void): void {
    const words = new Uint32Array(this.#columns.length);
    for (let row = 0; row < this.length; row++) {
      for (let v = 0; v < words.length; v++) words[v] = this.#columns[v]![row]!;
      take(words);
    }
    this.length = 0;
    this.#context.charge((FIRST_ROWS - this.#capacity) * this.#rowBytes);
    this.#capacity = FIRST_ROWS;
    for (let v = 0; v < words.length; v++) this.#columns[v] = new Uint32Array(FIRST_ROWS);
  }

  get #rowBytes(): number {
    return 4 * this.#columns.length;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.max(rows, this.#capacity * 2);
    this.#context.charge((capacity - this.#capacity) * this.#rowBytes);
    this.#capacity = capacity;
    for (let v = 0; v < this.#columns.length; v++) {
      const wider = new Uint32Array(capacity);
      wider.set(this.#columns[v]!.subarray(0, this.length));
      this.#columns[v] = wider;
    }
  }
}
