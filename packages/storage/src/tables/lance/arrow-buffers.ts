import { unreachable } from "@omnigraph/base";
import { bitBytes, countBits } from "../../rows/bits.ts";
import type { Column, TextColumn } from "../../rows/column.ts";
import { plainText } from "../../rows/dictionary.ts";
import { bytesOf } from "../../rows/format/buffers.ts";
import { denseComponents, denseOffsets } from "../../rows/format/packing.ts";
import { sliceColumn } from "../../rows/select.ts";
import type { ArrowNode } from "./arrow-messages.ts";

/** Bytes that are there, or are made where the file has them. */
export type ArrowPart =
  | Uint8Array
  | {
      readonly length: number;
      /** `into` starts at a multiple of 8 bytes of its memory. */
      readonly make: (into: Uint8Array) => void;
    };

/** The buffers of columns in Arrow's layout, in its order. Most are the memory of the columns. */
export class ArrowBuffers {
  readonly nodes: ArrowNode[] = [];
  readonly parts: ArrowPart[] = [];

  add(column: Column): void {
    const { length, validity } = column;
    this.#node(length, validity);
    switch (column.kind) {
      case "bool":
        this.parts.push(column.bits.subarray(0, bitBytes(length)));
        return;
      case "number":
        this.parts.push(bytesOf(column.values.subarray(0, length)));
        return;
      case "long":
        this.parts.push(bytesOf(column.words.subarray(0, 2 * length)));
        return;
      case "text":
        return this.#text(column);
      case "dictionary":
        return this.#text(plainText(column));
      case "list": {
        const offsets = denseOffsets(column);
        this.parts.push(fromZero(offsets, length));
        return this.add(sliceColumn(column.items, offsets[0] ?? 0, offsets[length] ?? 0));
      }
      case "vector":
        this.#node(length * column.dimension, null);
        this.parts.push(bytesOf(denseComponents(column)));
        return;
      default:
        return unreachable(column);
    }
  }

  /** Rows and nulls, and the first buffer of each column: the bits of what is present, of no bytes where all is. */
  #node(length: number, validity: Uint8Array | null): void {
    this.nodes.push({ length, nulls: validity === null ? 0 : length - countBits(validity, length) });
    this.parts.push(validity?.subarray(0, bitBytes(length)) ?? new Uint8Array(0));
  }

  #text({ length, offsets, bytes }: TextColumn): void {
    this.parts.push(fromZero(offsets, length), bytes.subarray(offsets[0] ?? 0, offsets[length] ?? 0));
  }
}

/** Offsets that start with 0, as those of a part do not. */
function fromZero(offsets: Uint32Array, length: number): ArrowPart {
  const first = offsets[0] ?? 0;
  if (first === 0 && offsets.length > length) return bytesOf(offsets.subarray(0, length + 1));
  return {
    length: 4 * (length + 1),
    make: ({ buffer, byteOffset }) => {
      const rebased = new Uint32Array(buffer, byteOffset, length + 1);
      for (let i = 0; i <= length; i++) rebased[i] = (offsets[i] ?? 0) - first;
    },
  };
}
