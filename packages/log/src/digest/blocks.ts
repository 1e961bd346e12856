import { type LogId, logIdInKeys } from "../address.ts";

/** Slots of a block, whose objects one digest holds. */
export const BLOCK_SLOTS = 64;

/** Slots of a span, whose links and fingerprints one digest holds. */
export const SPAN_SLOTS = 4096;

/** The block that a slot is in. */
export function blockOf(slot: number): number {
  return Math.floor(slot / BLOCK_SLOTS);
}

/** The span that a slot is in. */
export function spanOf(slot: number): number {
  return Math.floor(slot / SPAN_SLOTS);
}

export function blockKey(logId: LogId, block: number): string {
  return `__manifest/digests/${logIdInKeys(logId)}/${BLOCK_SLOTS}/${block}`;
}

export function spanKey(logId: LogId, span: number): string {
  return `__manifest/digests/${logIdInKeys(logId)}/${SPAN_SLOTS}/${span}`;
}
