import { hash } from "node:crypto";
import { type JsonObject, type JsonValue, OmnigraphError } from "@omnigraph/base";
import { buffer } from "../growing.ts";

const DIGEST_BYTES = 32;
const PREFIX_BYTES = 8;
const SPACE = 0x20;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The next multiple of 8. */
export function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** `object_corrupt`, naming the object and what is wrong with it. */
export function corrupt(place: string, what: string, cause?: unknown): OmnigraphError {
  return new OmnigraphError("object_corrupt", `${place} is damaged: ${what}; restore it from a backup`, {
    details: { place },
    cause,
  });
}

/** A decoded container. Segments are views of the given bytes, at multiples of 8 from their start. */
export interface Container {
  readonly header: JsonObject;
  readonly segments: readonly Uint8Array[];
  /** SHA-256 of the object, lower-case hex. */
  readonly sha256: string;
}

/**
 * Frames a header and segments as `docs/formats/container.md` says. The member `segments` of the header is the container's own.
 * The magic is four ASCII letters.
 */
export function encodeContainer(
  magic: string,
  header: JsonObject,
  segments: readonly Uint8Array[],
): Uint8Array {
  const index: JsonValue[] = [];
  let end = 0;
  for (const segment of segments) {
    index.push([end, segment.length]);
    end += aligned(segment.length);
  }
  const text = JSON.stringify({ ...header, segments: index });
  const textBytes = Buffer.byteLength(text);
  const headerBytes = aligned(textBytes);
  const start = PREFIX_BYTES + headerBytes;
  const size = start + end + DIGEST_BYTES;
  const bytes = buffer(size, () => new Uint8Array(size));
  const writable = Buffer.from(bytes.buffer);
  writable.write(magic, 0, "latin1");
  writable.writeUInt32LE(headerBytes, 4);
  writable.write(text, PREFIX_BYTES);
  bytes.fill(SPACE, PREFIX_BYTES + textBytes, start);
  let at = start;
  for (const segment of segments) {
    bytes.set(segment, at);
    at += aligned(segment.length);
  }
  bytes.set(hash("sha256", bytes.subarray(0, start + end), "buffer"), start + end);
  return bytes;
}

/** Decodes a container and verifies all of it. `place` names the object in messages. Errors: `object_corrupt`. */
export function decodeContainer(magic: string, bytes: Uint8Array, place: string): Container {
  if (bytes.length < PREFIX_BYTES + DIGEST_BYTES) throw corrupt(place, `it has only ${bytes.length} bytes`);
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString("latin1");
  if (found !== magic)
    throw corrupt(place, `it begins with ${JSON.stringify(found)}, not with ${JSON.stringify(magic)}`);
  const body = bytes.subarray(0, bytes.length - DIGEST_BYTES);
  const digest = hash("sha256", body, "buffer");
  if (!digest.equals(bytes.subarray(body.length))) throw corrupt(place, "its SHA-256 differs");
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const start = PREFIX_BYTES + headerBytes;
  if (headerBytes % 8 !== 0 || start > body.length)
    throw corrupt(place, `a header of ${headerBytes} bytes does not fit`);
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, start), place);
  return {
    header,
    segments: segmentsOf(header, body.subarray(start), place),
    sha256: digest.toString("hex"),
  };
}

/** Reads a header: UTF-8 text of a JSON object. Errors: `object_corrupt`. */
export function parseHeader(bytes: Uint8Array, place: string): JsonObject {
  let header: JsonValue;
  try {
    // Headers hold no integers beyond 2^53, so JSON.parse is exact here, at a fifth of the cost of our own parser.
    header = JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    throw corrupt(place, "its header is no JSON", cause);
  }
  if (!isJsonObject(header)) throw corrupt(place, "its header is no JSON object");
  return header;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function segmentsOf(header: JsonObject, area: Uint8Array, place: string): readonly Uint8Array[] {
  const index = header.segments;
  if (!Array.isArray(index)) throw corrupt(place, "its header has no list of segments");
  let end = 0;
  const segments = index.map((entry: JsonValue, i) => {
    const [offset, length] = Array.isArray(entry) ? entry : [];
    if (
      offset !== end ||
      typeof length !== "number" ||
      !Number.isSafeInteger(length) ||
      length < 0 ||
      end + length > area.length
    ) {
      throw corrupt(place, `the place of segment ${i} is wrong`);
    }
    end += aligned(length);
    return area.subarray(offset, offset + length);
  });
  if (end !== area.length) throw corrupt(place, `its segments take ${end} bytes of ${area.length}`);
  return segments;
}
