import type { Column } from "@omnigraph/storage";
import { DISTANCES } from "./distances.generated.ts";

/** So many distances are computed by one call. */
const MOST = 1024;
/** Fewer vectors are as fast without. */
const FEW = 256;
const PAGE_BYTES = 65_536;
/** Addresses in a memory have 32 bits. */
const MOST_BYTES = 2 ** 32 - PAGE_BYTES;

/** What is used of the host's WebAssembly. */
interface Memory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly host: { readonly memory: Memory } },
  ) => { readonly exports: { readonly distances: (...parameters: number[]) => void } };
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
};

let assembled: object | null = null;

/** By the memory in which vectors lie. */
const kernels = new WeakMap<ArrayBufferLike, DistanceKernel>();

/** Computes distances of vectors that lie in its memory by vector instructions. Whatever it is given is copied into that memory. */
export class DistanceKernel {
  readonly #distances: (...parameters: number[]) => void;
  readonly #dimension: number;
  readonly #query: Float64Array;
  readonly #entries: Uint32Array;
  readonly #out: Float32Array;

  private constructor(memory: Memory, vectorBytes: number, dimension: number) {
    assembled ??= new WebAssembly.Module(Buffer.from(DISTANCES, "base64"));
    this.#distances = new WebAssembly.Instance(assembled, { host: { memory } }).exports.distances;
    this.#dimension = dimension;
    this.#query = new Float64Array(memory.buffer, aligned(vectorBytes), dimension);
    this.#entries = new Uint32Array(memory.buffer, end(this.#query), MOST);
    this.#out = new Float32Array(memory.buffer, end(this.#entries), MOST);
  }

  /** A column with its vectors in the memory of a kernel, where it has many and there is room; else the column itself. */
  static holding(column: Column): Column {
    if (column.kind !== "vector" || column.values.length < FEW * column.dimension) return column;
    const { values, dimension } = column;
    const bytes = aligned(values.byteLength) + dimension * Float64Array.BYTES_PER_ELEMENT + MOST * 8;
    if (bytes > MOST_BYTES) return column;
    const pages = Math.ceil(bytes / PAGE_BYTES);
    let memory: Memory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch {
      return column; // a process with little address space does without
    }
    const held = new Float32Array(memory.buffer, 0, values.length);
    held.set(values);
    kernels.set(memory.buffer, new DistanceKernel(memory, values.byteLength, dimension));
    return { ...column, values: held };
  }

  /** The kernel of vectors; null where they lie elsewhere. */
  static of(values: Float32Array): DistanceKernel | null {
    return kernels.get(values.buffer) ?? null;
  }

  /** Calls `each` with the place in `entries` and the squared distance of every entry of the vectors that is listed below `count`. */
  eachDistance(
    query: Float32Array,
    entries: Uint32Array,
    count: number,
    each: (place: number, distance: number) => void,
  ): void {
    this.#query.set(query);
    for (let from = 0; from < count; from += MOST) {
      const length = Math.min(MOST, count - from);
      this.#entries.set(entries.subarray(from, from + length));
      const addresses = [this.#query.byteOffset, this.#dimension, this.#entries.byteOffset, length] as const;
      this.#distances(0, ...addresses, this.#out.byteOffset);
      for (let k = 0; k < length; k++) each(from + k, this.#out[k]!);
    }
  }
}

/** The next address for 64-bit numbers. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function end({
  byteOffset,
  byteLength,
}: {
  readonly byteOffset: number;
  readonly byteLength: number;
}): number {
  return byteOffset + byteLength;
}
