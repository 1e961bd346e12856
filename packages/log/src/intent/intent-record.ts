import { isUlid, type JsonObject, OmnigraphError } from "@omnigraph/base";
import type { Owner } from "@omnigraph/storage";
import { addressOf, type CommitId, isLogId, type LogId } from "../address.ts";
import { HASH } from "../commit/header-json.ts";
import { COMMIT_KINDS, type CommitKind } from "../commit/header.ts";
import { checkNeeds, NO_NEEDS, unreadable } from "../features.ts";
import { type Fail, Fields, parseJsonBytes } from "../json-fields.ts";

/** The branch that a write makes, which is named once its commit is there. */
export interface NewBranch {
  /** Number of the record that is to name it, as `docs/formats/layout-on-disk.md` has them. */
  readonly record: number;
  readonly actor: string | null;
}

/** What an intent says: which write stages tables, on which commit, and who does it. */
export interface IntentRecord {
  /** ULID of the graph; null in intents of older versions. */
  readonly graph: string | null;
  /** ULID of the write; several attempts may have the same. */
  readonly op: string;
  readonly kind: CommitKind;
  /** Name that the branch had. */
  readonly branch: string;
  readonly logId: LogId;
  /** The commit that the attempt was evaluated on. */
  readonly base: CommitId;
  /** ULID of the attempt: the folder below `tables/`. */
  readonly staging: string;
  readonly actor: string | null;
  readonly message: string | null;
  readonly content: string | null;
  /** Microseconds since the epoch. */
  readonly authoredAt: number;
  /** SHA-256 of the schema object, hex. */
  readonly schema: string;
  /** The condition of the write; undefined in intents of older versions, which do not tell. */
  readonly ifCommit: string | null | undefined;
  /** Set for a write that makes its branch; null in intents of older versions, whose writes nobody completes. */
  readonly makes: NewBranch | null;
  /** The process that stages; null where it cannot be told apart from others: in intents of older versions. */
  readonly owner: Owner | null;
}

export function encodeIntent(record: IntentRecord): Uint8Array {
  const json = intentToJson(record);
  const fail = unreadable("intent");
  intentFrom(new Fields(json, "intent", fail), record.staging, fail);
  return Buffer.from(JSON.stringify(json));
}

/** Reads the intent of an attempt. Throws `object_corrupt` or `format_newer` with the place. */
export function decodeIntent(bytes: Uint8Array, staging: string, place: string): IntentRecord {
  const fail = damagedIntent(place);
  const fields = new Fields(parseJsonBytes(bytes), "intent", fail);
  if (fields.raw("needs") !== undefined) checkNeeds(fields, "write", place);
  return intentFrom(fields, staging, fail);
}

/** Reports an intent that cannot be read. */
export function damagedIntent(place: string): Fail {
  return (problem) => {
    throw new OmnigraphError(
      "object_corrupt",
      `the intent ${place} is damaged: ${problem}; nothing waits for it: look at it with recovery show, and remove it with recovery discard`,
      { details: { place } },
    );
  };
}

function intentToJson(record: IntentRecord): JsonObject {
  const { owner, makes } = record;
  return {
    needs: NO_NEEDS,
    graph: record.graph,
    op: record.op,
    kind: record.kind,
    branch: record.branch,
    incarnation: record.logId,
    base: record.base,
    staging: record.staging,
    actor: record.actor,
    message: record.message,
    content: record.content,
    authored_at: record.authoredAt,
    schema: record.schema,
    if_commit: record.ifCommit ?? null,
    ...(makes === null ? {} : { makes: { ...makes } }),
    owner: owner === null ? null : { ...owner },
  };
}

function intentFrom(fields: Fields, staging: string, fail: Fail): IntentRecord {
  const kind = COMMIT_KINDS.find((known) => known === fields.text("kind"));
  const logId = fields.text("incarnation");
  const base = fields.text("base");
  if (fields.text("staging") !== staging) fail("it names another attempt than its key");
  if (!isUlid(fields.text("op"))) fail("its op is no ULID");
  return {
    graph: fields.raw("graph") === undefined ? null : fields.textOrNull("graph"),
    op: fields.text("op"),
    kind: kind ?? fail("its kind is unknown"),
    branch: fields.text("branch"),
    logId: isLogId(logId) ? logId : fail("its incarnation is no id of a log"),
    // Cast: the text was just found to be an id.
    base: addressOf(base) === null ? fail("its base is no commit id") : (base as CommitId),
    staging,
    actor: fields.textOrNull("actor"),
    message: fields.textOrNull("message"),
    content: fields.textOrNull("content"),
    authoredAt: fields.count("authored_at"),
    schema: fields.shaped("schema", HASH, "a SHA-256"),
    ifCommit: fields.raw("if_commit") === undefined ? undefined : fields.textOrNull("if_commit"),
    makes: fields.raw("makes") === undefined ? null : newBranchFrom(fields.fields("makes")),
    owner: ownerFrom(fields),
  };
}

function newBranchFrom(fields: Fields): NewBranch {
  return { record: fields.count("record"), actor: fields.textOrNull("actor") };
}

/** The owner in intents of older versions is `{"process": …}`, from which nobody can tell whether it lives. */
function ownerFrom(fields: Fields): Owner | null {
  if (fields.raw("owner") === null) return null;
  const owner = fields.fields("owner");
  if (owner.raw("process") !== undefined) return null;
  return {
    host: owner.text("host"),
    boot: owner.text("boot"),
    space: owner.text("space"),
    pid: owner.count("pid"),
    started: owner.text("started"),
  };
}
