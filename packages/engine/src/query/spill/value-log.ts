import { assert, type JsonValue, parseJson, type Value, writeJson } from "@omnigraph/base";
import type { Spilling } from "./spilling.ts";
import { WordLog } from "./word-log.ts";

/** Where a value is in a log: its first word, and its bytes. */
interface Stored {
  readonly at: number;
  readonly length: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function valueOf(json: JsonValue): Value {
  if (typeof json !== "object" || json === null) return json;
  assert(isList(json), "no value is an object");
  return json.map(valueOf);
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}

/** Values of any length on disk: null, truth values, numbers, texts, and lists of these. */
export class ValueLog {
  readonly log: WordLog;
  readonly #word = new Uint32Array(1);

  constructor(spilling: Spilling) {
    this.log = new WordLog(1, spilling);
  }

  /** Errors: those of the disk. */
  append(value: Value): Stored {
    const at = this.log.length;
    const bytes = encoder.encode(writeJson(value));
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    for (const word of new Uint32Array(padded.buffer)) {
      this.#word[0] = word;
      this.log.append(this.#word);
    }
    return { at, length: bytes.length };
  }

  read(at: number, length: number): Value {
    const words = this.log.read(at, at + Math.ceil(length / 4));
    return valueOf(parseJson(decoder.decode(new Uint8Array(words.buffer, 0, length))));
  }
}
