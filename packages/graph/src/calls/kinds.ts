import type { Reason } from "@omnigraph/base";
import { MemoryBudget } from "../api/memory-budget.ts";

/** The values that an argument or an option may have. */
export interface Kind {
  readonly fits: (value: unknown) => boolean;
  /** For an array: the kind of its items. */
  readonly item?: Kind;
  /** What is allowed, as the rest of a message after "give". */
  readonly allowed: string;
  /** Whether an option must be given. */
  readonly required: boolean;
  /** The reason of the error if a value does not fit. */
  readonly reason: Reason;
}

function kind(allowed: string, fits: (value: unknown) => boolean, reason: Reason = "usage"): Kind {
  return { fits, allowed, required: false, reason };
}

export function required(of: Kind): Kind {
  return { ...of, required: true };
}

export const TEXT: Kind = kind("text", isText);

/** Whether a text is an address below which others may lie. */
export function isAddress(value: unknown): value is string {
  return isText(value) && URL.canParse(value) && new URL(value).username === "";
}

export const ADDRESS: Kind = kind(
  "an absolute address without credentials, such as https://files.example.com/docs/",
  isAddress,
);

export const FLAG: Kind = kind("true or false", (value) => typeof value === "boolean");

export const MILLISECONDS: Kind = kind(
  "a number of milliseconds from 0, or Infinity",
  (value) => typeof value === "number" && value >= 0,
);

export const SIGNAL: Kind = kind("an AbortSignal", (value) => value instanceof AbortSignal);

export const CALLBACK: Kind = kind("a function", (value) => typeof value === "function");

/** A commit or a time. Whether a text or a Date is one of them is checked when it is resolved. */
export const POINT: Kind = kind(
  "a commit id, a time in ISO 8601, or a Date",
  (value) => isText(value) || value instanceof Date,
);

/** Resolutions; they are checked against their schema when they are read. */
export const RESOLUTIONS: Kind = kind("resolutions", () => true);

export function whole(least: number): Kind {
  return kind(`a whole number from ${least}`, (value) => isWhole(value, least));
}

/** A maximum; Infinity means all. */
export function atMost(least: number): Kind {
  return kind(
    `a whole number from ${least}, or Infinity`,
    (value) => value === Infinity || isWhole(value, least),
  );
}

/** A memory budget or its size in bytes. */
export const MEMORY: Kind = kind(
  "a whole number of bytes from 1, or a MemoryBudget",
  (value) => value instanceof MemoryBudget || isWhole(value, 1),
);

/** The parts of a graph. Of the stores only their presence is checked; their types check the rest. */
export const PARTS: Kind = kind(
  "an object with objects (an ObjectStore) and tables (a LayerStore)",
  (value) =>
    isPlain(value) &&
    "objects" in value &&
    isObject(value.objects) &&
    "tables" in value &&
    isObject(value.tables),
);

export function oneOf(words: readonly string[], reason?: Reason): Kind {
  const last = words.length - 1;
  const named = words.map((word) => JSON.stringify(word));
  const allowed = `${named.slice(0, last).join(", ")} or ${named[last]}`;
  return kind(allowed, (value) => isText(value) && words.includes(value), reason);
}

export function listOf(item: Kind): Kind {
  const { allowed, fits } = item;
  const list = kind(`an array, each item ${allowed}`, (value) => Array.isArray(value) && value.every(fits));
  return { ...list, item };
}

export const ENTITY_KIND: Kind = oneOf(["node", "edge"]);

const SELECTED = ["entity", "type", "id", "property"] as const;

export const BLOB_SELECTOR: Kind = kind(
  "an object of entity (node or edge), type, id and property, each text",
  (value) =>
    typeof value === "object" &&
    value !== null &&
    // Cast: any object has members by name.
    SELECTED.every((name) => isText((value as Readonly<Record<string, unknown>>)[name])) &&
    "entity" in value &&
    (value.entity === "node" || value.entity === "edge"),
);

export const BLOB_INPUT: Kind = kind(
  "bytes, an iterable of bytes, or null",
  (value) =>
    value === null ||
    (typeof value === "object" && (Symbol.asyncIterator in value || Symbol.iterator in value)),
);

export const LOAD_INPUT: Kind = kind(
  "NDJSON as text or bytes, or an iterable of pieces: text, bytes or objects",
  (value) =>
    isText(value) ||
    (typeof value === "object" &&
      value !== null &&
      (Symbol.asyncIterator in value || Symbol.iterator in value)),
);

export const FEED_START: Kind = kind('"now", "beginning" or { after: <commit id> }', (value) => {
  if (value === "now" || value === "beginning") return true;
  return isPlain(value) && Object.keys(value).join() === "after" && "after" in value && isText(value.after);
});

/** Whether a value is a plain object, of this realm or another. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (!Array.isArray(value) && Object.getPrototypeOf(prototype) === null)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && typeof value === "number" && value >= least;
}
