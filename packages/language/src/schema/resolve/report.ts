import type { Diagnostics } from "../../text/diagnostics.ts";
import type { Span } from "../../text/source.ts";
import type { SchemaCode } from "./codes.ts";

/** Most names that are compared with a misspelt one, so that the work stays linear. */
const CANDIDATES = 1000;

/** Collects the findings of the schema rules. */
export class Report {
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  get hasErrors(): boolean {
    return this.#diagnostics.hasErrors;
  }

  /** Reports an error. A remedy that is costly to compute is given as a function, which is called only if the finding is kept. */
  error(code: SchemaCode, span: Span, message: string, remedy: string | (() => string)): void {
    const shown = typeof remedy === "string" ? remedy : this.#diagnostics.isFull ? "" : remedy();
    this.#diagnostics.error(code, span, message, shown);
  }

  warning(code: SchemaCode, span: Span, message: string, remedy: string): void {
    this.#diagnostics.warning(code, span, message, remedy);
  }

  /** The first names, up to the limit, for comparison with a misspelt one. */
  candidates(names: Iterable<string>): readonly string[] {
    const candidates: string[] = [];
    for (const name of names) {
      if (candidates.length === CANDIDATES) break;
      candidates.push(name);
    }
    return candidates;
  }
}
