import type { ObjectInfo, ObjectStore } from "@omnigraph/storage";
import { isLogId, LOGS_PREFIX, type LogId, logPrefix, slotOfKey } from "../address.ts";
import { BLOCK_SLOTS, SPAN_SLOTS } from "../digest/blocks.ts";

/** Names of one page of a listing. */
const PAGE = 5000;
const LOG_ID_DIGITS = 9;
const DIGESTS_PREFIX = "__manifest/digests/";
const DIGEST_KEY = /^__manifest\/digests\/([0-9a-z]{9})\/(64|4096)\/(\d+)$/;

/** The slots of a log that are there. */
export interface ListedLog {
  readonly logId: LogId;
  /** The greatest slot. */
  readonly last: number;
}

export interface ListedLogs {
  readonly logs: ReadonlyMap<LogId, ListedLog>;
  /** Keys among the logs that are no slot's. */
  readonly strangers: readonly string[];
}

/** All names below a prefix, page by page. */
export async function* listed(
  store: ObjectStore,
  prefix: string,
): AsyncGenerator<ObjectInfo, void, undefined> {
  for (let after: string | undefined; ;) {
    const page = await store.list(prefix, after === undefined ? { limit: PAGE } : { after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.key;
  }
}

/** Every log with its greatest slot. Names of a log come together, the greatest slot first. */
export async function listLogs(store: ObjectStore): Promise<ListedLogs> {
  const logs = new Map<LogId, ListedLog>();
  const strangers: string[] = [];
  for await (const { key } of listed(store, LOGS_PREFIX)) {
    const logId = key.slice(LOGS_PREFIX.length, LOGS_PREFIX.length + LOG_ID_DIGITS).toUpperCase();
    const slot = isLogId(logId) && key.startsWith(logPrefix(logId)) ? slotOfKey(logId, key) : -1;
    if (slot < 0 || !isLogId(logId)) strangers.push(key);
    else if (!logs.has(logId)) logs.set(logId, { logId, last: slot });
  }
  return { logs, strangers };
}

/** The last slot of the greatest digest of each log, with its key, and the keys that are no digest's. */
export async function listDigests(store: ObjectStore): Promise<{
  readonly reaches: ReadonlyMap<LogId, { readonly slot: number; readonly key: string }>;
  readonly strangers: readonly string[];
}> {
  const reaches = new Map<LogId, { slot: number; key: string }>();
  const strangers: string[] = [];
  for await (const { key } of listed(store, DIGESTS_PREFIX)) {
    const [, log = "", size, number] = DIGEST_KEY.exec(key) ?? [];
    const logId = log.toUpperCase();
    if (!isLogId(logId)) {
      strangers.push(key);
      continue;
    }
    const slots = size === String(BLOCK_SLOTS) ? BLOCK_SLOTS : SPAN_SLOTS;
    const slot = (Number(number) + 1) * slots - 1;
    if (slot > (reaches.get(logId)?.slot ?? -1)) reaches.set(logId, { slot, key });
  }
  return { reaches, strangers };
}
