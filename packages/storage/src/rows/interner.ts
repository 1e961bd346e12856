import type { TextColumn } from "./column.ts";
import { hashInto } from "./hash.ts";
import { sameBytes } from "./id-table.ts";
import { TextBytes } from "./growing.ts";

/** Codes for distinct byte strings, in order of first appearance. */
export class Interner {
  readonly #texts = new TextBytes(64, 1024);
  #slots = new Uint32Array(512);
  readonly #hash = new Uint32Array(2);

  get size(): number {
    return this.#texts.length;
  }

  /** Code of bytes[from, to), a new one when they are new. */
  code(bytes: Uint8Array, from: number, to: number): number {
    const hash = this.#hash;
    hashInto(bytes, from, to, hash, 0);
    const low = hash[0] ?? 0;
    const slots = this.#slots;
    const mask = (slots.length >>> 1) - 1;
    const texts = this.#texts;
    let slot = low & mask;
    for (; ; slot = (slot + 1) & mask) {
      const held = slots[slot * 2 + 1] ?? 0;
      if (held === 0) break;
      if (slots[slot * 2] !== low) continue;
      const start = texts.offsets[held - 1] ?? 0;
      if (
        (texts.offsets[held] ?? 0) - start === to - from &&
        sameBytes(texts.bytes, start, bytes, from, to - from)
      ) {
        return held - 1;
      }
    }
    texts.appendBytes(bytes, from, to);
    slots[slot * 2] = low;
    slots[slot * 2 + 1] = texts.length;
    if (texts.length * 2 > mask) this.#grow();
    return texts.length - 1;
  }

  /** The distinct byte strings by code. */
  finish(): TextColumn {
    return { kind: "text", length: this.#texts.length, validity: null, ...this.#texts.finish() };
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    const mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let slot = (old[i] ?? 0) & mask;
      while (this.#slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot * 2] = old[i] ?? 0;
      this.#slots[slot * 2 + 1] = old[i + 1] ?? 0;
    }
  }
}
