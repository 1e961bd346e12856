import { LIMITS } from "@omnigraph/base";
import { corrupt, decodeContainer, encodeContainer } from "@omnigraph/storage";
import type { Tag } from "../address.ts";
import { checkNeeds, NO_NEEDS } from "../features.ts";
import { Fields } from "../json-fields.ts";
import { BLOCK_SLOTS } from "./blocks.ts";

const MAGIC = "OGB1";
const NOTHING = new Uint8Array(0);

/** The bytes of the objects of a block by slot; large ones are not in it. */
export type BlockDigest = ReadonlyMap<number, Uint8Array>;

/** Whether an object is left to its slot. */
export function isLeftOut(bytes: Uint8Array): boolean {
  return bytes.length > LIMITS.digestObjectBytes.value;
}

/** The digest of a block, from the bytes of its objects in the order of their slots. */
export function encodeBlock(tag: Tag, block: number, objects: readonly Uint8Array[]): Uint8Array {
  const header = { needs: NO_NEEDS, incarnation: tag, first: block * BLOCK_SLOTS };
  return encodeContainer(
    MAGIC,
    header,
    objects.map((bytes) => (isLeftOut(bytes) ? NOTHING : bytes)),
  );
}

/** Takes a digest apart; what its objects say is not looked at. Throws `object_corrupt`, `format_newer`. */
export function decodeBlock(bytes: Uint8Array, tag: Tag, block: number, place: string): BlockDigest {
  const { header, segments } = decodeContainer(MAGIC, bytes, place);
  const fields = new Fields(header, "header", (problem) => {
    throw corrupt(place, problem);
  });
  checkNeeds(fields, "read", place);
  const first = block * BLOCK_SLOTS;
  if (fields.text("incarnation") !== tag || fields.count("first") !== first)
    throw corrupt(place, "it is of another block");
  if (segments.length !== BLOCK_SLOTS) throw corrupt(place, `it has ${segments.length} segments`);
  const objects = new Map<number, Uint8Array>();
  for (const [i, segment] of segments.entries()) if (segment.length > 0) objects.set(first + i, segment);
  return objects;
}
