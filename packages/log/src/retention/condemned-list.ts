import { type JsonObject, isUlid } from "@omnigraph/base";
import { isLogId, type LogId, SLOTS } from "../address.ts";
import { checkEncodable, decodeChecked, encodeChecked } from "../checked-json.ts";
import { NO_NEEDS } from "../features.ts";
import type { Fail, Fields } from "../json-fields.ts";

/** Where the tables of all staged writes are. */
export const TABLES_PREFIX = "tables/";

/** The objects of a table: itself, its tombstones, its column file. All begin with the id of its type. */
const TABLE_KEY = /^tables\/([0-7][0-9A-HJKMNP-TV-Z]{25})\/([0-7][0-9A-HJKMNP-TV-Z]{25})\./;

/** Neighbouring slots of a log, both included. */
export type SlotRun = readonly [from: number, to: number];

/** A table by its staging id and its type. */
export interface TableName {
  readonly staging: string;
  readonly type: string;
}

/** What a look at the graph found unneeded. */
export interface CondemnedList {
  /** By log runs of slots, ascending, whose changes are unneeded. */
  readonly slots: ReadonlyMap<LogId, readonly SlotRun[]>;
  readonly tables: readonly TableName[];
}

export function tableText({ staging, type }: TableName): string {
  return `${staging}/${type}`;
}

/** The table that a key or a path is of; null for any other. */
export function tableOf(place: string): TableName | null {
  const [, staging, type] = TABLE_KEY.exec(place.slice(Math.max(0, place.lastIndexOf(TABLES_PREFIX)))) ?? [];
  return staging === undefined || type === undefined ? null : { staging, type };
}

export function encodeCondemned({ slots, tables }: CondemnedList): Uint8Array {
  const json: JsonObject = {
    needs: NO_NEEDS,
    slots: Object.fromEntries(slots),
    tables: tables.map(({ staging, type }) => `${staging}/${type}`),
  };
  checkEncodable(json, "list of what is condemned", condemnedFrom);
  return encodeChecked(json);
}

/** Reads a list. Throws `object_corrupt` or `format_newer` with the place. */
export function decodeCondemned(bytes: Uint8Array, access: "read" | "write", place: string): CondemnedList {
  return decodeChecked(bytes, { what: "list of what is condemned", access, place, read: condemnedFrom });
}

function condemnedFrom(fields: Fields, fail: Fail): CondemnedList {
  const logs = fields.fields("slots");
  const slots = new Map<LogId, readonly SlotRun[]>();
  for (const name of logs.names()) {
    if (!isLogId(name)) return fail("slots has no id of a log");
    slots.set(
      name,
      logs.list(name).map((run) => runFrom(run, fail)),
    );
  }
  return { slots, tables: fields.texts("tables").map((text) => tableFrom(text, fail)) };
}

function runFrom(value: unknown, fail: Fail): SlotRun {
  const isSlot = (slot: unknown): slot is number =>
    typeof slot === "number" && Number.isSafeInteger(slot) && slot >= 0 && slot < SLOTS;
  if (!Array.isArray(value) || value.length !== 2) return fail("a run of slots is no pair");
  const [from, to]: readonly unknown[] = value;
  return isSlot(from) && isSlot(to) && from <= to ? [from, to] : fail("a run of slots is none");
}

function tableFrom(text: string, fail: Fail): TableName {
  const [staging, type, ...others] = text.split("/");
  if (staging === undefined || type === undefined || others.length > 0) return fail("tables has no table");
  // What is removed is named by this list: nothing but the folders of tables.
  if (!isUlid(staging) || !isUlid(type)) fail("tables has no table");
  return { staging, type };
}
