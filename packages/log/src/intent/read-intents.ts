import { isError, type OmnigraphError } from "@omnigraph/base";
import { type ObjectInfo, type ObjectStore, placeOf } from "@omnigraph/storage";
import { decodeIntent, type IntentRecord } from "./intent-record.ts";
import { intentKey, type IntentPart, partOfKey, RECOVERY_PREFIX } from "./keys.ts";
import { decodeStaged, type StagedRecord } from "./staged-record.ts";

/** The intent of a write that is staging tables, or was when its process ended. */
export interface OpenIntent {
  readonly kind: "open";
  /** ULID of the attempt. */
  readonly staging: string;
  readonly intent: IntentRecord;
  /** Null until everything is staged. */
  readonly staged: StagedRecord | null;
  /** How often its owner has said that it lives; null before the first time. */
  readonly beat: string | null;
  readonly objects: readonly ObjectInfo[];
}

/** Something in `__recovery/` that nobody can settle: damaged, of a newer version, or no intent at all. */
export interface UnreadableIntent {
  readonly kind: "unreadable";
  /** ULID of the attempt if its key says so, else the name of the object. */
  readonly id: string;
  readonly problem: OmnigraphError | null;
  readonly objects: readonly ObjectInfo[];
}

/** What is left of an intent that was removed, or was put after that: it says nothing, and may be removed at any time. */
interface LeftoverIntent {
  readonly kind: "leftover";
  readonly staging: string;
  readonly objects: readonly ObjectInfo[];
}

export type FoundIntent = OpenIntent | UnreadableIntent | LeftoverIntent;

/**
 * Everything in `__recovery/`. What cannot be read is among it, and is no error. Intents that end meanwhile may be left out. Throws only what the store does:
 * a listing that failed must never be taken for an empty one.
 */
export async function readIntents(store: ObjectStore, signal?: AbortSignal): Promise<readonly FoundIntent[]> {
  const attempts = new Map<string, ObjectInfo[]>();
  const found: FoundIntent[] = [];
  for (const info of await store.list(RECOVERY_PREFIX)) {
    const staging = partOfKey(info.key)?.staging;
    if (staging === undefined) found.push(foreign(info));
    else attempts.set(staging, [...(attempts.get(staging) ?? []), info]);
  }
  for (const [staging, objects] of attempts) {
    const one = await readIntent(store, staging, objects, signal);
    if (one !== null) found.push(one);
  }
  return found;
}

function foreign(info: ObjectInfo): UnreadableIntent {
  return { kind: "unreadable", id: info.key.slice(RECOVERY_PREFIX.length), problem: null, objects: [info] };
}

/** Null where the intent was removed since the listing. */
async function readIntent(
  store: ObjectStore,
  staging: string,
  objects: readonly ObjectInfo[],
  signal: AbortSignal | undefined,
): Promise<FoundIntent | null> {
  const read = (part: IntentPart): Promise<Uint8Array | null> => store.get(intentKey(staging, part), signal);
  const [main, staged, beat] = await Promise.all([read("json"), read("staged.json"), read("beat")]);
  if (main === null) {
    const isListed = objects.some(({ key }) => key === intentKey(staging, "json"));
    return isListed ? null : { kind: "leftover", staging, objects };
  }
  const place = (part: IntentPart): string => placeOf(store, intentKey(staging, part));
  try {
    const intent = decodeIntent(main, staging, place("json"));
    return {
      kind: "open",
      staging,
      intent,
      staged: staged === null ? null : decodeStaged(staged, intent.op, place("staged.json")),
      beat: beat === null ? null : Buffer.from(beat).toString("latin1"),
      objects,
    };
  } catch (problem) {
    if (!isError(problem)) throw problem;
    return { kind: "unreadable", id: staging, problem, objects };
  }
}
