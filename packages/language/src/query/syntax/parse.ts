import type { Finding } from "../../text/diagnostics.ts";
import { guardSource } from "../../text/guard.ts";
import type { Source } from "../../text/source.ts";
import { syntaxFinding } from "../../text/syntax-finding.ts";
import { QUERY_WORDING } from "./hints.ts";
import { parser } from "./parser.generated.ts";
import type { QueryFileNode } from "./tree.ts";

/** The tree of a source, or the syntax error. */
export type ParsedQueries =
  | { readonly ok: true; readonly file: QueryFileNode }
  | { readonly ok: false; readonly finding: Finding };

/** Parses a source: its tree, or the one finding (Q000) with the place of the syntax error. */
export function parseQueries(source: Source): ParsedQueries {
  const refused = guardSource(source, "Q000");
  if (refused !== null) return { ok: false, finding: refused };
  try {
    return { ok: true, file: parser.parse(source.text) };
  } catch (error) {
    if (!(error instanceof parser.SyntaxError)) throw error;
    return { ok: false, finding: syntaxFinding(source, error, QUERY_WORDING) };
  }
}
