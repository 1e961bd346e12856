import { createHash } from "node:crypto";
import { OmnigraphError } from "@omnigraph/base";

/** Content of more bytes than this lies beside the tables. Part of the format: equal content has equal cells, whoever wrote them. */
const INLINE_BLOB_BYTES = 16 << 10;

/** How content begins, as it is given, in a cell and in an export. */
export const BLOB_CONTENT = "base64:";
/** Most bytes of the text of content that lies in its cell. */
export const INLINE_TEXT_BYTES = BLOB_CONTENT.length + Math.ceil(INLINE_BLOB_BYTES / 3) * 4;

/** How a cell begins that names content beside the tables. Nobody may give a value that begins so. */
export const BLOB_REFERENCE = "blob:";

const REFERENCE = /^blob:([0-9a-f]{64}):(0|[1-9]\d{0,15})$/;

/** What a cell of a Blob says. */
export type BlobCell =
  | { readonly kind: "inline"; readonly bytes: Uint8Array }
  | StoredBlob
  | { readonly kind: "external"; readonly uri: string };

/** Content that lies beside the tables. */
export interface StoredBlob {
  readonly kind: "stored";
  /** Of the content, lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Reads the text of a cell. Throws `object_corrupt` for a reference that is none. */
export function blobCell(text: string): BlobCell {
  if (text.startsWith(BLOB_CONTENT))
    return { kind: "inline", bytes: Buffer.from(text.slice(BLOB_CONTENT.length), "base64") };
  if (text.startsWith(BLOB_REFERENCE)) return storedBlob(text);
  return { kind: "external", uri: text };
}

/** Reads a reference. Throws `object_corrupt`. */
export function storedBlob(text: string): StoredBlob {
  const [, sha256, size] = REFERENCE.exec(text) ?? [];
  if (sha256 === undefined)
    throw new OmnigraphError("object_corrupt", `a cell holds a reference to content that is none: ${text}`, {
      details: { reference: text },
    });
  return { kind: "stored", sha256, size: Number(size) };
}

/** Whether the text of a cell is a reference. */
export function isReference(text: string): boolean {
  return text.startsWith(BLOB_REFERENCE);
}

/** Content as it is given and exported. */
export function contentText(bytes: Uint8Array): string {
  return BLOB_CONTENT + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** Content of a write, by reference: what of it is large is kept apart from the rows. */
export class BlobContents {
  readonly #byReference = new Map<string, Uint8Array>();

  /** The text of the cell for a value that was given and is allowed. */
  cellOf(text: string): string {
    if (!text.startsWith(BLOB_CONTENT) || text.length < INLINE_TEXT_BYTES) return text;
    const bytes = Buffer.from(text.slice(BLOB_CONTENT.length), "base64");
    if (bytes.length <= INLINE_BLOB_BYTES) return text;
    const reference = `${BLOB_REFERENCE}${createHash("sha256").update(bytes).digest("hex")}:${bytes.length}`;
    if (!this.#byReference.has(reference)) this.#byReference.set(reference, bytes);
    return reference;
  }

  get(reference: string): Uint8Array | undefined {
    return this.#byReference.get(reference);
  }
}
