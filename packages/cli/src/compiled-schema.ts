import { OmnigraphError } from "@omnigraph/base";
import { type Catalog, checkSchema, formatDiagnostic } from "@omnigraph/language";

/** The types that a schema declares. Errors: `schema_invalid`. */
export function compiledSchema(text: string): Catalog {
  const { catalog, diagnostics } = checkSchema({ file: "schema.pg", text });
  if (catalog !== null) return catalog;
  throw new OmnigraphError("schema_invalid", diagnostics.map(formatDiagnostic).join("\n"));
}
