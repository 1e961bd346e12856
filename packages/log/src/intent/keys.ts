import { isUlid } from "@omnigraph/base";

/** Where intents are. */
export const RECOVERY_PREFIX = "__recovery/";

/** Suffixes of the objects of an intent. They are deleted in this order: the intent itself first. */
export const INTENT_PARTS = ["json", "staged.json", "beat"] as const;

export type IntentPart = (typeof INTENT_PARTS)[number];

export function intentKey(staging: string, part: IntentPart): string {
  return `${RECOVERY_PREFIX}${staging}.${part}`;
}

/** The intent and the part that a key below the prefix is of; null for the key of anything else. */
export function partOfKey(key: string): { readonly staging: string; readonly part: IntentPart } | null {
  const name = key.slice(RECOVERY_PREFIX.length);
  const dot = name.indexOf(".");
  const staging = dot < 0 ? name : name.slice(0, dot);
  const part = INTENT_PARTS.find((known) => known === name.slice(dot + 1));
  return part === undefined || dot < 0 || !isUlid(staging) ? null : { staging, part };
}

/** What an attempt stages is here, and nowhere else. */
export function stagedPrefix(staging: string): string {
  return `tables/${staging}/`;
}
