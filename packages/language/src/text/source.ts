/** A half-open range of a source, in UTF-16 units from its beginning. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A source with the name under which messages show it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

export type Severity = "error" | "warning";

/** One finding about a source. Codes: T1 to T24, Q000, L201, OG-…, and ours (upper-case words such as `S-KEY-NULLABLE`), each documented. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, naming the thing. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly file: string;
  readonly span: Span;
  /** One-based. */
  readonly line: number;
  /** One-based, in code points. */
  readonly column: number;
  /** The offending line with a marker under it, ready to print. */
  readonly excerpt: string;
}
