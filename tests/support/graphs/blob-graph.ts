import { createHash } from "node:crypto";
import type { BlobReadOptions, BlobSelector, BlobStreamOptions, Omnigraph } from "omnigraph";

/** Nodes and edges with Blobs. */
export const BLOB_SCHEMA = `node Doc { slug: String @key  title: String?  body: Blob? }
edge Cites: Doc -> Doc { scan: Blob? }
`;

/** Content that lies in its row, and content that lies beside the tables. */
export const SMALL = bytesOf("small", 20);
export const LARGE = bytesOf("large", 40_000);

/** Bytes that a name determines, of any size. */
export function bytesOf(name: string, size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) =>
    createHash("sha256").update(`${name} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

export function base64(bytes: Uint8Array): string {
  return `base64:${Buffer.from(bytes).toString("base64")}`;
}

export function body(id: string): BlobSelector {
  return { entity: "node", type: "Doc", id, property: "body" };
}

/** The line of a document. */
export function doc(slug: string, content: Uint8Array | null, title: string | null = null): object {
  return { type: "Doc", data: { slug, title, body: content === null ? null : base64(content) } };
}

/** Bytes of a Blob, by its stream. */
export async function read(
  graph: Omnigraph,
  id: string,
  options: BlobReadOptions = {},
  part: BlobStreamOptions = {},
): Promise<Buffer> {
  const blob = await graph.blobs.open(body(id), options);
  if (blob.kind === "external") throw new Error(`at ${blob.uri}`);
  return streamed(blob.stream(part));
}

export async function streamed(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
