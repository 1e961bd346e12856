import type { JsonObject } from "@omnigraph/base";
import { addressOf, type CommitId, isLogId, type LogId } from "../address.ts";
import { checkEncodable, decodeChecked, encodeChecked } from "../checked-json.ts";
import { NO_NEEDS } from "../features.ts";
import type { Fail, Fields } from "../json-fields.ts";

/** What one record says of a branch name. */
export type RefRecord =
  | {
      readonly kind: "created";
      readonly logId: LogId;
      readonly forkedFrom: CommitId;
      /** Microseconds since the epoch. */
      readonly at: number;
      readonly actor: string | null;
      /** Random; tells this put from others. */
      readonly nonce: string;
    }
  /** Tombstone: the log of the branch that the previous record created is sealed. */
  | { readonly kind: "deleted"; readonly logId: LogId };

export function encodeRef(record: RefRecord): Uint8Array {
  const json = { needs: NO_NEEDS, ...membersOf(record) };
  checkEncodable(json, "record of a branch", recordFrom);
  return encodeChecked(json);
}

/** Reads a record. Throws `object_corrupt` or `format_newer` with the place. */
export function decodeRef(bytes: Uint8Array, access: "read" | "write", place: string): RefRecord {
  return decodeChecked(bytes, { what: "branch record", access, place, read: recordFrom });
}

function recordFrom(fields: Fields, fail: Fail): RefRecord {
  if (fields.raw("deleted") !== undefined) {
    return { kind: "deleted", logId: logIdOf(fields.fields("deleted"), fail) };
  }
  const created = fields.fields("created");
  return {
    kind: "created",
    logId: logIdOf(created, fail),
    forkedFrom: commitOf(created.text("forked_from")) ?? fail("forked_from is no commit id"),
    at: created.count("at"),
    actor: created.textOrNull("actor"),
    nonce: created.text("nonce"),
  };
}

function membersOf(record: RefRecord): JsonObject {
  switch (record.kind) {
    case "created": {
      const { logId, forkedFrom, at, actor, nonce } = record;
      return { created: { incarnation: logId, forked_from: forkedFrom, at, actor, nonce } };
    }
    case "deleted":
      return { deleted: { incarnation: record.logId } };
  }
}

function logIdOf(fields: Fields, fail: Fail): LogId {
  const text = fields.text("incarnation");
  return isLogId(text) ? text : fail("incarnation is no id of a log");
}

function commitOf(text: string): CommitId | null {
  // Cast: the text was just found to be an id.
  return addressOf(text) === null ? null : (text as CommitId);
}
