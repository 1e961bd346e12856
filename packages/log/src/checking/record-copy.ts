import { isError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { slotKey } from "../address.ts";
import { decodeRef } from "../branch/ref-record.ts";
import { decodeObject } from "../commit/codec.ts";
import { readFormat } from "../format-object.ts";
import type { ObjectCopy } from "./put-back.ts";

/**
 * The record of a branch name in a copy of a graph, if it fits: the copy is of the graph with this id, and the log that it names begins, where it has begun, after the
 * commit that it names. Null where there is none.
 */
export async function recordCopy(
  store: ObjectStore,
  graph: string | null,
  backup: ObjectStore,
  key: string,
): Promise<ObjectCopy | null> {
  const bytes = await backup.get(key);
  if (bytes === null) return null;
  try {
    if (graph === null || (await readFormat(backup, "read")).graph !== graph) return null;
    const record = decodeRef(bytes, "read", placeOf(backup, key));
    // A tombstone is put only once its log has ended, and then nothing is written there: whatever was here, that log is dead.
    const damaged = await damagedRecord(store, key);
    if (record.kind === "deleted") return { bytes, damaged };
    const first = await store.get(slotKey(record.logId, 0));
    if (first === null) return { bytes, damaged };
    const reader = { access: "read", store: store.uri, graph } as const;
    const [commit] = decodeObject(first, record.logId, 0, reader).commits;
    return commit?.header.parents[0] === record.forkedFrom ? { bytes, damaged } : null;
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return null;
  }
}

async function damagedRecord(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  const bytes = await store.get(key);
  try {
    if (bytes !== null) decodeRef(bytes, "read", placeOf(store, key));
    return null;
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return cause.reason === "format_newer" ? null : bytes;
  }
}
