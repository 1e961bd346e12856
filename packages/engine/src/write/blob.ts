import { LIMITS, type Steps, STEP_ROWS, type Value } from "@omnigraph/base";
import {
  BLOB_CONTENT,
  type BlobContents,
  type Column,
  INLINE_TEXT_BYTES,
  isNull,
  isReference,
  TextBuilder,
  type TextColumn,
  textAt,
} from "@omnigraph/storage";
import { isWellFormed } from "./text.ts";

/** Addresses that values may have as they are: those below one of these. */
export type ExternalBlobs = readonly string[];

/** What values of Blobs become in one write. */
export interface BlobDoor {
  readonly external: ExternalBlobs;
  /** What of their content is kept apart from the rows. */
  readonly contents: BlobContents;
}

/**
 * Why a text is not allowed as the value of a Blob, or null. Content is given as `base64:…`; anything else is an address, and only those below a base that the graph
 * allows are.
 */
export function blobProblem(value: Value, external: ExternalBlobs): string | null {
  if (value === null || typeof value !== "string") return null;
  if (!value.startsWith(BLOB_CONTENT)) return externalProblem(value, external);
  const text = value.slice(BLOB_CONTENT.length);
  const most = LIMITS.blobBytes.value;
  if (text.length > Math.ceil(most / 3) * 4)
    return `its content is larger than ${most} bytes; keep it elsewhere and give its address`;
  // Digits that carry bits of no byte are refused too: equal content has one text.
  const isBase64 = Buffer.from(text, "base64").toString("base64") === text;
  return isBase64 ? null : "what follows base64: is not base64";
}

function externalProblem(value: string, external: ExternalBlobs): string | null {
  const url = URL.canParse(value) && !isReference(value) && isWellFormed(value) ? new URL(value) : null;
  if (url === null) return "a blob is content, base64:…, or an absolute address";
  if (external.length === 0)
    return "external blobs are not allowed here; give the content as base64:…, or allow the base of the address";
  if (url.username !== "" || url.password !== "") return "the address of a blob holds no credentials";
  const isAllowed = external.some((base) => url.href.startsWith(withSlash(new URL(base).href)));
  return isAllowed ? null : `its address is not below ${external.join(" or ")}, which are allowed`;
}

/** A base ends where a part of a path does: what is beside it is not below it. */
function withSlash(base: string): string {
  return base.endsWith("/") ? base : `${base}/`;
}

/** A column of values of a Blob as it is stored. The column itself where nothing of it is large. */
export function* storedBlobs(column: Column, contents: BlobContents): Steps<Column> {
  if (column.kind !== "text" || !hasLarge(column)) return column;
  const builder = new TextBuilder(column.length);
  for (let row = 0; row < column.length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    if (isNull(column, row)) builder.appendNull();
    else builder.appendString(contents.cellOf(textAt(column, row)));
  }
  return yield* builder.finishingText();
}

function hasLarge({ offsets, length }: TextColumn): boolean {
  for (let row = 0; row < length; row++)
    if ((offsets[row + 1] ?? 0) - (offsets[row] ?? 0) >= INLINE_TEXT_BYTES) return true;
  return false;
}
