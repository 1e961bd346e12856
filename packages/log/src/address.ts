/** Tag of a branch's incarnation: 45 bits as nine digits of Crockford's base 32. */
export type Tag = string & { readonly brand: "Tag" };

/** A ULID whose bits are the address of the commit. */
export type CommitId = string & { readonly brand: "CommitId" };

/** Where a commit stands: the log, the slot in it, and its index in the slot's object. */
export interface CommitAddress {
  readonly tag: Tag;
  readonly slot: number;
  readonly index: number;
}

// Casts: the brand is given where the text is made or checked, here alone.
export const MAIN_TAG = "000000000" as Tag;

/** Where the slots of all logs are. */
export const LOGS_PREFIX = "__manifest/log/";

/** Slots of one log. */
export const SLOTS = 2 ** 30;

const LAST_SLOT = SLOTS - 1;
const FOLDER_SLOTS = 4096;
const LAST_FOLDER = SLOTS / FOLDER_SLOTS - 1;
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Random bytes that a tag takes. */
export const TAG_BYTES = 6;
const TAG_DIGITS = 9;
const TAG = /^[0-9A-HJKMNP-TV-Z]{9}$/;
const ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function isTag(text: string): text is Tag {
  return TAG.test(text);
}

/** The tag that random bytes make: 45 bits of six of them. */
export function tagFrom(bytes: Uint8Array): Tag {
  const value = bytes.subarray(0, TAG_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  return digits(value, TAG_DIGITS) as Tag;
}

/** The id of the commit at an address; `createdAt` in microseconds since the epoch. */
export function commitId(createdAt: number, address: CommitAddress): CommitId {
  const { tag, slot, index } = address;
  return (digits(Math.floor(createdAt / 1000), 10) + tag + digits(slot, 6) + digits(index, 1)) as CommitId;
}

export function isCommitId(text: string): text is CommitId {
  return addressOf(text) !== null;
}

/** The address that an id names, or null where the text is no commit id. */
export function addressOf(id: string): CommitAddress | null {
  if (!ID.test(id)) return null;
  const slot = numberOf(id.slice(19, 25));
  return slot > LAST_SLOT ? null : { tag: id.slice(10, 19) as Tag, slot, index: numberOf(id.slice(25)) };
}

/**
 * Key of the object of a slot: complemented, so that a listing starts at the newest. The first slots of all logs stand side by side, so that a
 * branch needs no folder of its own; a long log goes on in folders.
 */
export function slotKey(tag: Tag, slot: number): string {
  return `${logPrefix(tag)}${folderOf(slot)}${String(LAST_SLOT - slot).padStart(10, "0")}.commit`;
}

export function logPrefix(tag: Tag): string {
  return `${LOGS_PREFIX}${tagInKeys(tag)}`;
}

/** A tag as keys have it: in lower case, which local file names leave as it is. */
export function tagInKeys(tag: Tag): string {
  return tag.toLowerCase();
}

/** The slot whose object has this key, or -1. */
export function slotOfKey(tag: Tag, key: string): number {
  const slot = LAST_SLOT - Number(key.slice(-"0000000000.commit".length, -".commit".length));
  return Number.isSafeInteger(slot) && slot >= 0 && slot <= LAST_SLOT && slotKey(tag, slot) === key
    ? slot
    : -1;
}

/** For messages: log, slot and index. */
export function describeAddress(address: CommitAddress): string {
  return `${address.tag}:${address.slot}.${address.index}`;
}

/** What stands between tag and name. `-` is before `.`, so that what is in folders is listed first. */
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
