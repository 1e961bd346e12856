import { isError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { decodeCondemned, tableText } from "../retention/condemned-list.ts";
import {
  type Cuts,
  decodeHorizon,
  HORIZON_PREFIX,
  horizonKey,
  partOfKey,
} from "../retention/horizon-record.ts";
import { decodePin, isPinKey, PINS_PREFIX } from "../retention/pin-record.ts";
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
  const condemned = new Set<string>();
  const findings: LogFinding[] = [];
  const attempt = async <T>(
    key: string,
    decode: (bytes: Uint8Array, place: string) => T,
    kind: LogFinding["kind"] = "retention_damaged",
  ): Promise<T | null> => {
    const bytes = await store.get(key);
    if (bytes === null) return null;
    try {
      return decode(bytes, placeOf(store, key));
    } catch (cause) {
      if (!isError(cause)) throw cause;
      findings.push({ ...finding(key, cause.message), kind });
      return null;
    }
  };
  const numbers: number[] = [];
  for await (const { key } of listed(store, HORIZON_PREFIX)) {
    const named = partOfKey(key);
    if (named === null)
      findings.push({ ...finding(key, "it is no part of a horizon"), kind: "object_unknown" });
    else if (named.part === "json") numbers.push(named.number);
    else {
      const list = await attempt(key, (bytes, place) => decodeCondemned(bytes, "read", place));
      if (named.part === "done") for (const table of list?.tables ?? []) condemned.add(tableText(table));
    }
  }
  let before: Cuts = new Map();
  for (const [i, number] of numbers.toReversed().entries()) {
    const key = horizonKey(number, "json");
    if (number !== i)
      findings.push(finding(horizonKey(i, "json"), "it is missing, and a later one is there"));
    if (number !== i) break;
    const horizon = await attempt(key, (bytes, place) => decodeHorizon(bytes, graph ?? "", "read", place));
    const cuts = horizon?.cuts ?? before;
    for (const [logId, cut] of before)
      if ((cuts.get(logId) ?? -1) < cut) findings.push(finding(key, `it takes back a cut of log ${logId}`));
    before = cuts;
  }
  for await (const { key } of listed(store, PINS_PREFIX)) {
    if (isPinKey(key)) await attempt(key, decodePin, "pin_damaged");
    else findings.push({ ...finding(key, "it is no pin"), kind: "object_unknown" });
  }
  return { condemned, findings };
}

function finding(key: string, problem: string): LogFinding {
  return { kind: "retention_damaged", key, problem, subject: NOBODY };
}
