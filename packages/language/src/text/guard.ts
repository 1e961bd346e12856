import { LIMITS } from "@omnigraph/base";
import type { Finding } from "./diagnostics.ts";
import type { Source } from "./source.ts";

/**
 * Checks a source before it is parsed, in one linear scan: its size, the nesting of its brackets, and that its
 * strings and comments end. Findings carry the language's syntax code.
 */
export function guardSource(source: Source, syntaxCode: string): Finding | null {
  const found = (start: number, end: number, message: string, remedy: string): Finding => ({
    code: syntaxCode,
    severity: "error",
    span: { start, end },
    message,
    remedy,
  });
  const bytes = Buffer.byteLength(source.text);
  const limit = LIMITS.sourceBytes.value;
  if (bytes > limit) {
    return found(
      0,
      0,
      `the source is too large: ${bytes} bytes, at most ${limit} are read`,
      "Split the source.",
    );
  }
  const scan = scanBrackets(source.text);
  switch (scan.kind) {
    case "balanced":
      return null;
    case "deep":
      return found(
        scan.at,
        scan.at + 1,
        `brackets are nested too deep: at most ${LIMITS.nestingDepth.value} levels are read`,
        "Nest less deep.",
      );
    case "open string":
      return found(scan.at, scan.at + 1, "the string that begins here has no end", 'Close it with ".');
    case "open comment":
      return found(scan.at, scan.at + 2, "the comment that begins here has no end", "Close it with */.");
  }
}

/** The offset of the last unclosed bracket of a source that passed the guard; null where all are closed. */
export function openBracket(text: string): number | null {
  const { at } = scanBrackets(text);
  return at < text.length ? at : null;
}

interface Scan {
  readonly kind: "balanced" | "deep" | "open string" | "open comment";
  /** The offset of the problem; without one, of the last unclosed bracket, or the end of the text. */
  readonly at: number;
}

function scanBrackets(text: string): Scan {
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "(":
      case "[":
      case "{":
        open.push(at);
        if (open.length > LIMITS.nestingDepth.value) return { kind: "deep", at };
        break;
      case ")":
      case "]":
      case "}":
        open.pop();
        break;
      case '"': {
        const end = endOfString(text, at);
        if (end < 0) return { kind: "open string", at };
        at = end;
        break;
      }
      case "/": {
        const block = text[at + 1] === "*";
        if (!block && text[at + 1] !== "/") break;
        const end = block ? text.indexOf("*/", at + 2) : text.indexOf("\n", at);
        if (block && end < 0) return { kind: "open comment", at };
        at = end < 0 ? text.length : block ? end + 1 : end;
        break;
      }
      case undefined:
      default:
    }
  }
  return { kind: "balanced", at: open.at(-1) ?? text.length };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}
