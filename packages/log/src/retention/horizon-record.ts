import { type JsonObject, OmnigraphError } from "@omnigraph/base";
import { type CommitAddress, isLogId, type LogId, SLOTS } from "../address.ts";
import { checkEncodable, decodeChecked, encodeChecked } from "../checked-json.ts";
import { NO_NEEDS } from "../features.ts";
import type { Fail, Fields } from "../json-fields.ts";

/** Where the horizon is. */
export const HORIZON_PREFIX = "__manifest/horizon/";

/** The cut of a log that is condemned whole. */
export const WHOLE: number = SLOTS - 1;

/** By log its cut: the greatest slot that is condemned. A log that is not in it is not condemned at all. */
export type Cuts = ReadonlyMap<LogId, number>;

/** What cleanup has condemned: for ever, and all that earlier records had condemned too. */
export interface Horizon {
  /** Counts from 0. */
  readonly number: number;
  readonly cuts: Cuts;
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly actor: string | null;
  /** Random; tells this put from others. */
  readonly nonce: string;
}

/** The objects of one horizon: the record; what the first look found unneeded; what both looks found; and, once that is removed, a last one that says so. */
export type HorizonPart = "json" | "found" | "done" | "over";

const NUMBERS = 2 ** 30;
const KEY = /^__manifest\/horizon\/(\d{10})\.(json|found|done|over)$/;

/** Key of an object of a horizon. It holds the complement of the number, so that a listing starts at the newest. */
export function horizonKey(number: number, part: HorizonPart): string {
  return `${HORIZON_PREFIX}${String(NUMBERS - 1 - number).padStart(10, "0")}.${part}`;
}

/** What a key of an object of a horizon says; null for any other. */
export function partOfKey(key: string): { readonly number: number; readonly part: HorizonPart } | null {
  const [, digits, part] = KEY.exec(key) ?? [];
  // Cast: the pattern has no others.
  return digits === undefined ? null : { number: NUMBERS - 1 - Number(digits), part: part as HorizonPart };
}

/** Whether a commit is below the horizon. */
export function isBelow(cuts: Cuts, { logId, slot }: Pick<CommitAddress, "logId" | "slot">): boolean {
  return slot <= (cuts.get(logId) ?? -1);
}

export function encodeHorizon({ number, cuts, at, actor, nonce }: Horizon, graph: string): Uint8Array {
  const json: JsonObject = {
    needs: NO_NEEDS,
    graph,
    number,
    at,
    actor,
    nonce,
    cuts: Object.fromEntries(cuts),
  };
  checkEncodable(json, "horizon", (fields, fail) => horizonFrom(fields, graph, fail));
  return encodeChecked(json);
}

/** Reads a horizon. Throws `object_corrupt`, `format_newer` or, for one of another graph, `graph_replaced`, with the place. */
export function decodeHorizon(
  bytes: Uint8Array,
  graph: string,
  access: "read" | "write",
  place: string,
): Horizon {
  const read = (fields: Fields, fail: Fail): Horizon => {
    const found = fields.text("graph");
    if (found !== graph) throw ofAnotherGraph(place, found, graph);
    return horizonFrom(fields, graph, fail);
  };
  return decodeChecked(bytes, { what: "horizon", access, place, read });
}

function horizonFrom(fields: Fields, graph: string, fail: Fail): Horizon {
  if (fields.text("graph") !== graph) fail("it is of another graph");
  const cuts = new Map<LogId, number>();
  for (const [logId, cut] of fields.fields("cuts").counts()) {
    if (!isLogId(logId)) return fail("cuts has no id of a log");
    if (cut > WHOLE) fail(`the cut of ${logId} is no slot`);
    cuts.set(logId, cut);
  }
  return {
    number: fields.count("number"),
    cuts,
    at: fields.count("at"),
    actor: fields.textOrNull("actor"),
    nonce: fields.text("nonce"),
  };
}

function ofAnotherGraph(place: string, found: string, graph: string): OmnigraphError {
  return new OmnigraphError(
    "graph_replaced",
    `${place} is of graph ${found}, not of graph ${graph} that was opened: another graph was put in its place, or the file was copied from one; put the graph back, or open it again at the address where it is now`,
    { details: { place, graph, found } },
  );
}
