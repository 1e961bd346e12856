import { isUlid, type JsonObject } from "@omnigraph/base";
import { addressOf, type CommitId } from "../address.ts";
import { checkEncodable, decodeChecked, encodeChecked } from "../checked-json.ts";
import { NO_NEEDS } from "../features.ts";
import type { Fail, Fields } from "../json-fields.ts";

/** Where pins are. */
export const PINS_PREFIX = "__manifest/pins/";

/** A claim that keeps the snapshot of a commit from cleanup. */
export interface PinRecord {
  /** ULID of the graph. */
  readonly graph: string;
  /** ULID of this put: a renewed pin has another. */
  readonly op: string;
  readonly commit: CommitId;
  /** Why, for people: `branch`, `merge`, `backup`. */
  readonly purpose: string;
  /** Microseconds since the epoch. */
  readonly at: number;
}

export function pinKey(op: string): string {
  return `${PINS_PREFIX}${op}.json`;
}

/** Whether a key is that of a pin. Other files beside pins are none of ours. */
export function isPinKey(key: string): boolean {
  return key.endsWith(".json") && isUlid(key.slice(PINS_PREFIX.length, -".json".length));
}

export function encodePin({ graph, op, commit, purpose, at }: PinRecord): Uint8Array {
  const json: JsonObject = { needs: NO_NEEDS, graph, op, commit, purpose, at };
  checkEncodable(json, "pin", pinFrom);
  return encodeChecked(json);
}

/** Reads a pin. Throws `object_corrupt` or `format_newer` with the place. */
export function decodePin(bytes: Uint8Array, place: string): PinRecord {
  return decodeChecked(bytes, { what: "pin", access: "read", place, read: pinFrom });
}

function pinFrom(fields: Fields, fail: Fail): PinRecord {
  const commit = fields.text("commit");
  if (addressOf(commit) === null) fail("commit is no commit id");
  return {
    graph: fields.text("graph"),
    op: fields.text("op"),
    // Cast: the text was just found to be an id.
    commit: commit as CommitId,
    purpose: fields.text("purpose"),
    at: fields.count("at"),
  };
}
