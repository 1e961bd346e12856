import { LIMITS, OmnigraphError, type Reason } from "@omnigraph/base";
import type { Diagnostic, Severity, Source, Span } from "./source.ts";

/** A diagnostic without line, column and excerpt, which follow from its span. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  readonly message: string;
  readonly remedy: string;
}

/** Widest part of a line that an excerpt shows, in code points. */
const EXCERPT_WIDTH = 120;

/** Longest message, in UTF-16 units; a quoted text could be as long as the source. */
const MAX_MESSAGE = 500;

/** Collects the findings in one source: all are counted, `LIMITS.diagnostics` are kept. */
export class Diagnostics {
  readonly #source: Source;
  readonly #findings: Finding[] = [];
  readonly #seen = new Set<string>();
  #omitted = 0;
  #errors = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Whether there are errors, not only warnings. */
  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** Whether no more findings are kept; further ones are only counted. */
  get isFull(): boolean {
    return this.#findings.length >= LIMITS.diagnostics.value;
  }

  error(code: string, span: Span, message: string, remedy: string): void {
    this.add({ code, severity: "error", span, message, remedy });
  }

  warning(code: string, span: Span, message: string, remedy: string): void {
    this.add({ code, severity: "warning", span, message, remedy });
  }

  /** Adds a finding unless the same was found at the same place. */
  add(finding: Finding): void {
    const identity = `${finding.code} ${finding.span.start} ${finding.span.end} ${finding.message}`;
    if (this.#seen.has(identity)) return;
    if (finding.severity === "error") this.#errors++;
    if (this.isFull) {
      this.#omitted++;
      return;
    }
    this.#seen.add(identity);
    this.#findings.push(finding);
  }

  /** The diagnostics in the order of the source. */
  list(): readonly Diagnostic[] {
    const lines = new LineIndex(this.#source.text);
    return this.#findings
      .toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
      .map((finding) => placed(this.#source, lines, finding));
  }

  /** Throws one error for all errors that were found: the message shows them, `details.diagnostics` holds all diagnostics. */
  throwIfErrors(reason: Reason): void {
    if (!this.hasErrors) return;
    const diagnostics = this.list();
    const shown = diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic);
    const more = this.#omitted === 0 ? [] : [`and ${this.#omitted} more`];
    throw new OmnigraphError(reason, [...shown, ...more].join("\n"), { details: { diagnostics } });
  }
}

/** A diagnostic as text: place, code, message, the marked line, remedy. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, code, message, excerpt, remedy } = diagnostic;
  return `${file}:${line}:${column}: ${severity}[${code}]: ${message}\n${excerpt}\n  help: ${remedy}`;
}

/** A warning as one line without the name of the source, for answers: what is amiss, where, and what to do. */
export function warningLine({ code, line, column, message, remedy }: Diagnostic): string {
  return `${message} (${code} at line ${line}, column ${column}). ${remedy}`;
}

/** The starts of the lines of a text. */
class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** One-based number and bounds, without the line end, of the line that holds an offset. */
  lineAt(offset: number): { readonly number: number; readonly start: number; readonly end: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low] ?? 0;
    const next = this.#starts[low + 1];
    let end = next === undefined ? this.#text.length : next - 1;
    if (end > start && this.#text[end - 1] === "\r") end--;
    return { number: low + 1, start, end };
  }
}

function placed(source: Source, lines: LineIndex, finding: Finding): Diagnostic {
  const { code, severity, message, remedy, span } = finding;
  const { text } = source;
  const line = lines.lineAt(span.start);
  const end = Math.max(Math.min(span.end, line.end), span.start);
  // A line may be as long as the source, so only what an excerpt can show is split into code points (two units each at most).
  const before = text.slice(Math.max(line.start, span.start - 2 * EXCERPT_WIDTH), span.start);
  const marked = text.slice(span.start, Math.min(end, span.start + 2 * EXCERPT_WIDTH));
  const after = text.slice(end, Math.min(line.end, end + 2 * EXCERPT_WIDTH));
  return {
    code,
    severity,
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
    remedy,
    file: source.file,
    span,
    line: line.number,
    column: countCodePoints(text, line.start, span.start) + 1,
    excerpt: excerptOf(line.number, Array.from(before), Array.from(marked), Array.from(after)),
  };
}

function countCodePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    const trailing =
      unit >= 0xdc00 && unit <= 0xdfff && at > start && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    if (!trailing) count++;
  }
  return count;
}

function excerptOf(
  lineNumber: number,
  before: readonly string[],
  marked: readonly string[],
  after: readonly string[],
): string {
  const shownMark = marked.slice(0, EXCERPT_WIDTH / 2);
  const room = EXCERPT_WIDTH - shownMark.length;
  const lead = before.slice(-Math.ceil(room / 2));
  const trail = marked.length > shownMark.length ? [] : after.slice(0, room - lead.length);
  const cutLeft = lead.length < before.length ? "…" : "";
  const cutRight = marked.length > shownMark.length || trail.length < after.length ? "…" : "";
  const gutter = String(lineNumber);
  // Tabs are kept, so that the marker is in the right column at any tab width.
  const indent = lead.map((character) => (character === "\t" ? "\t" : " ")).join("");
  const shown = cutLeft + lead.join("") + shownMark.join("") + trail.join("") + cutRight;
  const marker = (cutLeft === "" ? "" : " ") + indent + "^".repeat(Math.max(1, shownMark.length));
  return `  ${gutter} | ${shown}\n  ${" ".repeat(gutter.length)} | ${marker}`;
}
