import { unreachable } from "@omnigraph/base";
import { isNull, valueAt } from "./access.ts";
import type { Column } from "./column.ts";
import { hashInto } from "./hash.ts";

const words = new Uint32Array(2);
const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
const encoder = new TextEncoder();

function mixed(low: number, high: number): number {
  let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 13);
}

/**
 * A 64-bit hash built up part by part, the same for equal values whatever their encoding (plain or by dictionary). Reused: `start`, feed,
 * read `low` and `high`.
 */
export class RollingHash {
  low = 0;
  high = 0;

  start(low: number, high: number): this {
    this.low = low;
    this.high = high;
    return this;
  }

  words(low: number, high: number): this {
    const first = mixed(this.low ^ low, high + 0x165667b1);
    this.high = mixed(this.high + first, low ^ 0x27d4eb2f) >>> 0;
    this.low = (first + this.high) >>> 0;
    return this;
  }

  bytes(bytes: Uint8Array, from: number, to: number): this {
    hashInto(bytes, from, to, words, 0);
    return this.words(words[0]!, words[1]!);
  }

  text(text: string): this {
    const bytes = encoder.encode(text);
    return this.bytes(bytes, 0, bytes.length);
  }

  private number(value: number): this {
    // Adding zero turns -0 into 0.
    float[0] = value + 0;
    return this.bytes(floatBytes, 0, 8);
  }

  /** Feeds a cell; a null is fed as a mark of its own. */
  cell(column: Column, row: number): this {
    if (isNull(column, row)) return this.words(0, 0);
    switch (column.kind) {
      case "text":
        return this.bytes(column.bytes, column.offsets[row]!, column.offsets[row + 1]!);
      case "dictionary":
        return this.cell(column.dictionary, column.codes[row]!);
      case "bool":
        return this.words((column.bits[row >>> 3]! >>> (row & 7)) & 1, 1);
      case "number":
        return this.number(column.values[row]!);
      case "long":
        return this.words(column.words[row * 2]!, column.words[row * 2 + 1]!);
      case "list":
      case "vector":
        return this.text(Array.from(valueList(valueAt(column, row)), String).join("\u0000"));
      default:
        return unreachable(column);
    }
  }
}

function valueList(value: unknown): Iterable<unknown> {
  return Array.isArray(value) || value instanceof Float32Array ? value : [];
}
