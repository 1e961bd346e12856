import type { Diagnostics } from "../../text/diagnostics.ts";
import type { Span } from "../../text/source.ts";
import type { SchemaCode } from "./codes.ts";

/** Most names that are compared with a misspelt one: more would not be a linear amount of work. */
const CANDIDATES = 1000;

/** Where the rules of the schema language put what they find. */
export class Report {
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  get hasErrors(): boolean {
    return this.#diagnostics.hasErrors;
  }

  /** Reports an error. A remedy that takes work to find is given as a function, called only while errors are kept. */
  error(code: SchemaCode, span: Span, message: string, remedy: string | (() => string)): void {
    const shown = typeof remedy === "string" ? remedy : this.#diagnostics.isFull ? "" : remedy();
    this.#diagnostics.error(code, span, message, shown);
  }

  warning(code: SchemaCode, span: Span, message: string, remedy: string): void {
    this.#diagnostics.warning(code, span, message, remedy);
  }

  /** As many of the names as are worth comparing with a misspelt one. */
  candidates(names: Iterable<string>): readonly string[] {
    const candidates: string[] = [];
    for (const name of names) {
      if (candidates.length === CANDIDATES) break;
      candidates.push(name);
    }
    return candidates;
  }
}
