import { LIMITS } from "@omnigraph/base";
import { corrupt, decodeContainer, encodeContainer } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import { checkNeeds, NO_NEEDS, unreadable } from "../features.ts";
import { type Fail, Fields } from "../json-fields.ts";
import { BLOCK_SLOTS } from "./blocks.ts";

const MAGIC = "OGB1";
const NOTHING = new Uint8Array(0);

/** The bytes of the objects of a block, by slot; large ones are left out. */
export type BlockDigest = ReadonlyMap<number, Uint8Array>;

/** Whether an object is too large for a digest, and is read from its slot. */
export function isLeftOut(bytes: Uint8Array): boolean {
  return bytes.length > LIMITS.digestObjectBytes.value;
}

/** The digest of a block, from the bytes of its objects in the order of their slots. */
export function encodeBlock(logId: LogId, block: number, objects: readonly Uint8Array[]): Uint8Array {
  const header = { needs: NO_NEEDS, incarnation: logId, first: block * BLOCK_SLOTS };
  const fail = unreadable("digest");
  checkBlock(new Fields(header, "header", fail), logId, block, objects.length, fail);
  return encodeContainer(
    MAGIC,
    header,
    objects.map((bytes) => (isLeftOut(bytes) ? NOTHING : bytes)),
  );
}

/** Decodes a digest without decoding its objects. Throws `object_corrupt`, `format_newer`. */
export function decodeBlock(bytes: Uint8Array, logId: LogId, block: number, place: string): BlockDigest {
  const { header, segments } = decodeContainer(MAGIC, bytes, place);
  const fail: Fail = (problem) => {
    throw corrupt(place, problem);
  };
  const fields = new Fields(header, "header", fail);
  checkNeeds(fields, "read", place);
  checkBlock(fields, logId, block, segments.length, fail);
  const first = block * BLOCK_SLOTS;
  const objects = new Map<number, Uint8Array>();
  for (const [i, segment] of segments.entries()) if (segment.length > 0) objects.set(first + i, segment);
  return objects;
}

function checkBlock(fields: Fields, logId: LogId, block: number, slots: number, fail: Fail): void {
  if (fields.text("incarnation") !== logId || fields.count("first") !== block * BLOCK_SLOTS)
    fail("it is of another block");
  if (slots !== BLOCK_SLOTS) fail(`it has ${slots} segments`);
}
