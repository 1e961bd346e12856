import type { Value } from "@omnigraph/base";
import { bitAt, type Column, hashInto, type TextColumn } from "@omnigraph/storage";
import type { Cells } from "../../view/view.ts";

/** A 32-bit hash of the cell of an ordinal; equal cells have equal hashes. */
export type CellHash = (ordinal: number) => number;

const NULL_HASH = 0x9e3779b9;
const encoder = new TextEncoder();

/** Finishes a hash so that its low bits depend on all of it. */
export function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function combined(a: number, b: number): number {
  return mixed(Math.imul(a, 31) ^ b);
}

class Hasher {
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);
  readonly #pair = new Uint32Array(2);

  /** 0 and -0 have the same hash. */
  number(value: number): number {
    this.#double[0] = value + 0;
    return combined(this.#words[0]!, this.#words[1]!);
  }

  bytes(bytes: Uint8Array, from: number, to: number): number {
    hashInto(bytes, from, to, this.#pair, 0);
    return this.#pair[0]!;
  }

  value(value: Value): number {
    if (value === null) return NULL_HASH;
    if (typeof value === "string") {
      const bytes = encoder.encode(value);
      return this.bytes(bytes, 0, bytes.length);
    }
    if (typeof value === "object") {
      let hash = 0;
      for (const item of value) hash = combined(hash, this.value(item));
      return hash;
    }
    return this.number(Number(value));
  }
}

/** A 32-bit hash of values: that of cells with the same value. */
export function valueHash(): (value: Value) => number {
  const hasher = new Hasher();
  return (value) => hasher.value(value);
}

/** The hash of a property's cells, read from the base where it holds them. */
export function cellHash(cells: Cells): CellHash {
  const hasher = new Hasher();
  const generic: CellHash = (ordinal) => hasher.value(cells.value(ordinal));
  const fast = cells.base === null ? null : columnHash(cells, cells.base, hasher);
  if (fast === null) return generic;
  if (cells.clean) return fast;
  return (ordinal) => (cells.isPatched(ordinal) ? generic(ordinal) : fast(ordinal));
}

function columnHash(cells: Cells, column: Column, hasher: Hasher): CellHash | null {
  switch (column.kind) {
    case "text":
      return textHash(column, (row) => row, column.validity, hasher);
    case "dictionary":
      return textHash(column.dictionary, (row) => column.codes[row]!, column.validity, hasher);
    case "number":
    case "long":
    case "bool":
      return (ordinal) => (cells.isNull(ordinal) ? NULL_HASH : hasher.number(cells.number(ordinal)));
    case "list":
    case "vector":
      return null;
  }
}

function textHash(
  { offsets, bytes }: TextColumn,
  entryOf: (row: number) => number,
  validity: Uint8Array | null,
  hasher: Hasher,
): CellHash {
  return (ordinal) => {
    if (validity !== null && !bitAt(validity, ordinal)) return NULL_HASH;
    const entry = entryOf(ordinal);
    return hasher.bytes(bytes, offsets[entry]!, offsets[entry + 1]!);
  };
}
