import { asJson, NotJson } from "./as-json.ts";
import { OmnigraphError } from "./errors/error.ts";
import { given } from "./given.ts";
import { writeJson } from "./json.ts";
import { shown } from "./shown.ts";

/** Lines made from objects are collected up to this number of characters, and passed on as one piece. */
const PIECE_CHARACTERS = 1 << 16;
const LINE_FEED = 0x0a;
const HIGH_SURROGATE_LAST = /[\uD800-\uDBFF]$/;
const UTF8 = new TextEncoder();

/** Encodes pieces as bytes: no text is cut within a character, and each object becomes a line of its own. */
export class LineEncoder {
  /** Text that still has to be written, before the next piece. */
  #held = "";
  #count = 0;
  /** Whether the last piece ended inside a line. */
  #isWithin = false;

  /** The bytes of the text so far and of an item; null if they are still being collected. Throws `usage` for an item of a wrong kind. */
  piece(item: unknown): Uint8Array | null {
    this.#count++;
    if (item instanceof Uint8Array) return this.#bytes(item);
    if (typeof item === "string") return this.#text(item);
    if (typeof item !== "object" || item === null)
      throw this.#refusal(`is ${shown(item)}; give text, bytes or an object`);
    this.#held += `${this.#isWithin ? "\n" : ""}${this.#line(item)}\n`;
    this.#isWithin = false;
    return this.#held.length < PIECE_CHARACTERS ? null : this.rest();
  }

  rest(): Uint8Array {
    const bytes = UTF8.encode(this.#held);
    this.#held = "";
    return bytes;
  }

  #bytes(item: Uint8Array): Uint8Array {
    if (item.length > 0) this.#isWithin = item.at(-1) !== LINE_FEED;
    return this.#held === "" ? item : joined(this.rest(), item);
  }

  #text(item: string): Uint8Array {
    const text = this.#held + item;
    if (text !== "") this.#isWithin = !text.endsWith("\n");
    // The other half of a character may be in the next piece.
    const end = HIGH_SURROGATE_LAST.test(text) ? text.length - 1 : text.length;
    this.#held = text.slice(end);
    return UTF8.encode(text.slice(0, end));
  }

  #line(item: object): string {
    try {
      return writeJson(asJson(item));
    } catch (cause) {
      const why = cause instanceof NotJson ? cause.message : "it throws when it is read";
      throw this.#refusal(`is no line of NDJSON: ${why}`, cause);
    }
  }

  #refusal(problem: string, cause?: unknown): OmnigraphError {
    const facts = { details: { call: "load", argument: "input", piece: this.#count } };
    const message = `load: piece ${this.#count} of the input ${problem}`;
    return new OmnigraphError("usage", message, { ...facts, ...given({ cause }) });
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
