import type { Neighbours } from "./neighbours.ts";

/** Neighbours of nodes that an optional block binds: where it has bound nothing, there are none. */
export class FromOptional implements Neighbours {
  readonly #inner: Neighbours;
  readonly #none: number;
  #isNone = false;

  /** `none` is the ordinal that stands for nothing. */
  constructor(inner: Neighbours, none: number) {
    this.#inner = inner;
    this.#none = none;
  }

  get targets(): Uint32Array {
    return this.#inner.targets;
  }

  get edges(): Uint32Array {
    return this.#inner.edges;
  }

  get start(): number {
    return this.#isNone ? 0 : this.#inner.start;
  }

  get end(): number {
    return this.#isNone ? 0 : this.#inner.end;
  }

  open(node: number): void {
    this.#isNone = node === this.#none;
    if (!this.#isNone) this.#inner.open(node);
  }

  more(): boolean {
    return !this.#isNone && this.#inner.more();
  }

  count(node: number): number {
    return node === this.#none ? 0 : this.#inner.count(node);
  }

  reaches(node: number, other: number): boolean {
    return node !== this.#none && this.#inner.reaches(node, other);
  }
}
