import type { JsonObject } from "@omnigraph/base";
import type { CommitAddress, LogId } from "../address.ts";
import { isLogId } from "../address.ts";
import { type Fail, Fields } from "../json-fields.ts";

/** Consecutive commits of one log: from index `fromIndex` of slot `from` to index `toIndex` of slot `to`, both included. */
export interface SlotRange {
  readonly logId: LogId;
  readonly from: number;
  readonly fromIndex: number;
  readonly to: number;
  readonly toIndex: number;
}

/** The range of one commit. */
export function rangeOf({ logId, slot, index }: CommitAddress): SlotRange {
  return { logId, from: slot, fromIndex: index, to: slot, toIndex: index };
}

/**
 * Whether `b` begins with the commit right after the end of `a`. Both must be on one chain of first parents, `b` later than `a`. Then a step to index 0
 * of the next slot of the same log can only start from the last commit of the slot before.
 */
export function follows(a: SlotRange, b: SlotRange): boolean {
  if (a.logId !== b.logId) return false;
  return b.from === a.to ? b.fromIndex === a.toIndex + 1 : b.from === a.to + 1 && b.fromIndex === 0;
}

export function joined(a: SlotRange, b: SlotRange): SlotRange {
  return { logId: a.logId, from: a.from, fromIndex: a.fromIndex, to: b.to, toIndex: b.toIndex };
}

/** The tail of a commit that keeps its parent's layout. */
export function extendedTail(tail: readonly SlotRange[], by: CommitAddress): readonly SlotRange[] {
  const own = rangeOf(by);
  const last = tail.at(-1);
  if (last === undefined || !follows(last, own)) return [...tail, own];
  return [...tail.slice(0, -1), joined(last, own)];
}

export function contains(range: SlotRange, { logId, slot, index }: CommitAddress): boolean {
  if (range.logId !== logId || slot < range.from || slot > range.to) return false;
  return (slot > range.from || index >= range.fromIndex) && (slot < range.to || index <= range.toIndex);
}

/** As it stands in headers and layouts; indexes that are 0 are left out. */
export function rangeToJson(range: SlotRange): JsonObject {
  return {
    log: range.logId,
    from: range.from,
    ...(range.fromIndex === 0 ? {} : { from_index: range.fromIndex }),
    to: range.to,
    ...(range.toIndex === 0 ? {} : { to_index: range.toIndex }),
  };
}

export function rangeFromJson(value: unknown, where: string, fail: Fail): SlotRange {
  const fields = new Fields(value, where, fail);
  const logId = fields.text("log");
  if (!isLogId(logId)) return fail(`${where}.log is no id of a log`);
  const range = {
    logId,
    from: fields.count("from"),
    fromIndex: fields.countOrZero("from_index"),
    to: fields.count("to"),
    toIndex: fields.countOrZero("to_index"),
  };
  const ordered = range.from < range.to || (range.from === range.to && range.fromIndex <= range.toIndex);
  return ordered ? range : fail(`${where} ends before it begins`);
}
