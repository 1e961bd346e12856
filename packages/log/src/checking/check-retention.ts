import { isError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { type CondemnedList, decodeCondemned, tableText } from "../retention/condemned-list.ts";
import {
  type Cuts,
  decodeHorizon,
  type Horizon,
  HORIZON_PREFIX,
  horizonKey,
  type HorizonPart,
  partOfKey,
} from "../retention/horizon-record.ts";
import { decodePin, isPinKey, pinKey, PINS_PREFIX } from "../retention/pin-record.ts";
import { type LogFinding, NOBODY } from "./finding.ts";
import { listed } from "./inventory.ts";

/** What cleanup has left on disk. */
interface Retention {
  /** Tables that may be gone. */
  readonly condemned: ReadonlySet<string>;
  readonly findings: readonly LogFinding[];
}

/** Reads every horizon with its lists, and every pin. Numbers of horizons have no gaps, and no cut is smaller than before. */
export async function checkRetention(store: ObjectStore, graph: string | null): Promise<Retention> {
  const findings: LogFinding[] = [];
  const parts = new Map<number, Set<HorizonPart>>();
  const condemned = await readLists(store, parts, findings);
  await checkHorizons(store, graph, parts, findings);
  for await (const { key } of listed(store, PINS_PREFIX)) {
    if (!isPinKey(key)) {
      findings.push({ ...finding(key, "it is no pin"), kind: "object_unknown" });
      continue;
    }
    const pin = await attempt(store, key, decodePin, findings, "pin_damaged");
    if (pin !== null && pinKey(pin.op) !== key)
      findings.push({ ...finding(key, `it is that of ${pin.op}`), kind: "pin_damaged" });
  }
  return { condemned, findings };
}

/** Reads an object; null where it cannot be read. */
async function attempt<T>(
  store: ObjectStore,
  key: string,
  decode: (bytes: Uint8Array, place: string) => T,
  findings: LogFinding[],
  kind: LogFinding["kind"] = "retention_damaged",
): Promise<T | null> {
  const bytes = await store.get(key);
  if (bytes === null) return null;
  try {
    return decode(bytes, placeOf(store, key));
  } catch (cause) {
    if (!isError(cause)) throw cause;
    findings.push({ ...finding(key, cause.message), kind });
    return null;
  }
}

/** Reads the lists of what was condemned, and notes in `parts` what there is of each horizon. Answers the tables that may be gone. */
async function readLists(
  store: ObjectStore,
  parts: Map<number, Set<HorizonPart>>,
  findings: LogFinding[],
): Promise<ReadonlySet<string>> {
  const condemned = new Set<string>();
  for await (const { key } of listed(store, HORIZON_PREFIX)) {
    const named = partOfKey(key);
    if (named === null) {
      findings.push({ ...finding(key, "it is no part of a horizon"), kind: "object_unknown" });
      continue;
    }
    parts.set(named.number, (parts.get(named.number) ?? new Set()).add(named.part));
    if (named.part === "json") continue;
    const decode = (bytes: Uint8Array, place: string): CondemnedList => decodeCondemned(bytes, "read", place);
    const list = await attempt(store, key, decode, findings);
    if (named.part === "done") for (const table of list?.tables ?? []) condemned.add(tableText(table));
  }
  return condemned;
}

/** A record is put before its lists, and the list of what is removed before its end is told. */
async function checkHorizons(
  store: ObjectStore,
  graph: string | null,
  parts: ReadonlyMap<number, ReadonlySet<HorizonPart>>,
  findings: LogFinding[],
): Promise<void> {
  let before: Cuts = new Map();
  const numbers = [...parts.keys()].toSorted((a, b) => a - b);
  for (const [i, number] of numbers.entries()) {
    const key = horizonKey(i, "json");
    const there = number === i ? parts.get(number) : undefined;
    if (there?.has("json") !== true)
      findings.push(finding(key, "it is missing, and a later one, or what it condemned, is there"));
    if (there === undefined) break;
    if (there.has("over") && !there.has("done"))
      findings.push(finding(horizonKey(i, "done"), "it is missing, and what comes after it is there"));
    const decode = (bytes: Uint8Array, place: string): Horizon =>
      decodeHorizon(bytes, graph ?? "", "read", place);
    const horizon = await attempt(store, key, decode, findings);
    if (horizon !== null && horizon.number !== i)
      findings.push(finding(key, `it is that of ${horizon.number}`));
    const cuts = horizon?.cuts ?? before;
    for (const [logId, cut] of before)
      if ((cuts.get(logId) ?? -1) < cut) findings.push(finding(key, `it takes back a cut of log ${logId}`));
    before = cuts;
  }
}

function finding(key: string, problem: string): LogFinding {
  return { kind: "retention_damaged", key, problem, subject: NOBODY };
}
