import { hash } from "node:crypto";
import { OmnigraphError } from "@omnigraph/base";
import { addressOf, type CommitId, isLogId, type LogId } from "../address.ts";
import { checkNeeds, NO_NEEDS, unreadable } from "../features.ts";
import { type Fail, Fields, parseJsonBytes } from "../json-fields.ts";

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
  const fail = unreadable("record of a branch");
  recordFrom(new Fields(json, "record", fail), fail);
  const text = JSON.stringify(json);
  return Buffer.from(`${text.slice(0, -1)},"sha256":"${checksumOf(text)}"}`);
}

/** Reads a record. Throws `object_corrupt` or `format_newer` with the place. */
export function decodeRef(bytes: Uint8Array, access: "read" | "write", place: string): RefRecord {
  const fail: Fail = (problem) => {
    throw new OmnigraphError(
      "object_corrupt",
      `the branch record ${place} is damaged: ${problem}; restore it from a backup`,
      { details: { place } },
    );
  };
  const json = parseJsonBytes(bytes);
  const fields = new Fields(json, "record", fail);
  checkNeeds(fields, access, place);
  const members = Object.entries(json ?? {}).filter(([name]) => name !== "sha256");
  if (fields.text("sha256") !== checksumOf(JSON.stringify(Object.fromEntries(members))))
    fail("its SHA-256 differs");
  return recordFrom(fields, fail);
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

function membersOf(record: RefRecord): object {
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

/** Checksum of the other members, as JSON in their order without white space. */
function checksumOf(text: string): string {
  return hash("sha256", text, "hex");
}
