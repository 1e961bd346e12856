import type { Diagnostics } from "../../text/diagnostics.ts";
import { guardSource } from "../../text/guard.ts";
import type { Source } from "../../text/source.ts";
import { syntaxFinding } from "../../text/syntax-finding.ts";
import { SCHEMA_WORDING } from "./hints.ts";
import { parser } from "./parser.generated.ts";
import type { SchemaFileNode } from "./tree.ts";

/** The tree of a .pg source, or null after reporting `S000` with the place of the syntax error. */
export function parseSchema(source: Source, diagnostics: Diagnostics): SchemaFileNode | null {
  const refused = guardSource(source, "S000");
  if (refused !== null) {
    diagnostics.add(refused);
    return null;
  }
  try {
    return parser.parse(source.text);
  } catch (error) {
    if (!(error instanceof parser.SyntaxError)) throw error;
    diagnostics.add(syntaxFinding(source, error, SCHEMA_WORDING));
    return null;
  }
}
