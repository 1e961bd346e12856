import { createHash } from "node:crypto";

/** SHA-256 of a text in UTF-8, or of bytes, in lower-case hex. */
export function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The digest of a graph: of its schema, its queries and what makes its embeddings. */
export function graphDigest(
  id: string,
  schema: string,
  queries: readonly (readonly [name: string, digest: string])[],
  embeddings: string | null,
): string {
  const sorted = queries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return digestOf(JSON.stringify(["graph", id, schema, sorted, embeddings]));
}
