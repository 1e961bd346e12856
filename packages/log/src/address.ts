/** Id of a log, one for each branch ever made: 45 bits as nine digits of Crockford's base 32. */
export type LogId = string & { readonly brand: "LogId" };

/** A ULID whose bits are the address of the commit. */
export type CommitId = string & { readonly brand: "CommitId" };

/** The address of a commit: its log, its slot, and its index in the object of the slot. */
export interface CommitAddress {
  readonly logId: LogId;
  readonly slot: number;
  readonly index: number;
}

// Casts: texts get the brand only in this file, where they are made or checked.
export const MAIN_LOG_ID = "000000000" as LogId;

/** Where the slots of all logs are. */
export const LOGS_PREFIX = "__manifest/log/";

/** Number of slots of one log. */
export const SLOTS = 2 ** 30;

const LAST_SLOT = SLOTS - 1;
const FOLDER_SLOTS = 4096;
const LAST_FOLDER = SLOTS / FOLDER_SLOTS - 1;
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Random bytes that the id of a log takes. */
export const LOG_ID_BYTES = 6;
const LOG_ID_DIGITS = 9;
const LOG_ID = /^[0-9A-HJKMNP-TV-Z]{9}$/;
const ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function isLogId(text: string): text is LogId {
  return LOG_ID.test(text);
}

/** A log id from six random bytes, of which it uses 45 bits. */
export function logIdFrom(bytes: Uint8Array): LogId {
  const value = bytes.subarray(0, LOG_ID_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  return digits(value, LOG_ID_DIGITS) as LogId;
}

/** The id of the commit at an address; `createdAt` in microseconds since the epoch. */
export function commitId(createdAt: number, address: CommitAddress): CommitId {
  const { logId, slot, index } = address;
  return (digits(Math.floor(createdAt / 1000), 10) + logId + digits(slot, 6) + digits(index, 1)) as CommitId;
}

export function isCommitId(text: string): text is CommitId {
  return addressOf(text) !== null;
}

/** The address that an id names, or null where the text is no commit id. */
export function addressOf(id: string): CommitAddress | null {
  if (!ID.test(id)) return null;
  const slot = numberOf(id.slice(19, 25));
  return slot > LAST_SLOT ? null : { logId: id.slice(10, 19) as LogId, slot, index: numberOf(id.slice(25)) };
}

/**
 * Key of the object of a slot. It holds the complement of the slot, so that a listing starts at the newest. The first slots of all logs share one
 * folder, so that a branch needs no folder of its own; later slots are in folders of their log.
 */
export function slotKey(logId: LogId, slot: number): string {
  return `${logPrefix(logId)}${folderOf(slot)}${String(LAST_SLOT - slot).padStart(10, "0")}.commit`;
}

export function logPrefix(logId: LogId): string {
  return `${LOGS_PREFIX}${logIdInKeys(logId)}`;
}

/** The id of a log in keys: in lower case, which local file names do not escape. */
export function logIdInKeys(logId: LogId): string {
  return logId.toLowerCase();
}

/** The slot whose object has this key, or -1. */
export function slotOfKey(logId: LogId, key: string): number {
  const slot = LAST_SLOT - Number(key.slice(-"0000000000.commit".length, -".commit".length));
  return Number.isSafeInteger(slot) && slot >= 0 && slot <= LAST_SLOT && slotKey(logId, slot) === key
    ? slot
    : -1;
}

/** For messages: log, slot and index. */
export function describeAddress(address: CommitAddress): string {
  return `${address.logId}:${address.slot}.${address.index}`;
}

/** The part of a key between the id of the log and the name. `-` sorts before `.`, so that the later slots, which are in folders, are listed first. */
function folderOf(slot: number): string {
  const folder = Math.floor(slot / FOLDER_SLOTS);
  return folder === 0 ? "." : `-${String(LAST_FOLDER - folder).padStart(6, "0")}/`;
}

function digits(value: number, length: number): string {
  let text = "";
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function numberOf(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = value * 32 + DIGITS.indexOf(text.charAt(i));
  return value;
}
