import { type Environment, isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { MAIN_LOG_ID, slotKey, type LogId } from "../address.ts";
import { decodeObject } from "../commit/codec.ts";
import type { CommitObject } from "../commit/header.ts";
import { decodeFormat, encodeFormat, FORMAT_KEY, type GraphFormat, readFormat } from "../format-object.ts";
import { listLogs } from "./inventory.ts";
import { type ObjectCopy, putBack } from "./put-back.ts";
import { SlotCopies } from "./slot-copies.ts";

/** What the `format.json` of a graph has to say, where it is missing or damaged. */
export interface FormatCopy extends ObjectCopy {
  /** Where it is taken from: the first commit of the graph, or a copy of the graph. */
  readonly source: "commits" | "backup";
  /** Id of the graph. */
  readonly graph: string;
}

/**
 * The `format.json` of a graph that lost it. The first commit has its id and its time; where that is lost too, a copy of the graph has, if its id is that of commits that are
 * here. The nonce is new. Null where nothing proves which graph it is.
 */
export async function formatCopy(
  store: ObjectStore,
  { random }: Environment,
  backup: ObjectStore | null,
): Promise<FormatCopy | null> {
  const damaged = await damagedFormat(store);
  const nonce = Buffer.from(random.bytes(16)).toString("hex");
  const first = (await readAny(store, MAIN_LOG_ID, 0)) ?? (await firstElsewhere(store, backup));
  const genesis = first?.commits[0]?.header;
  if (genesis?.kind === "genesis") {
    const format = { graph: genesis.op, createdAt: genesis.createdAt, nonce };
    return { source: "commits", graph: format.graph, bytes: encodeFormat(format), damaged };
  }
  const format = backup === null ? null : await formatOf(backup);
  if (format === null || format.graph !== (await graphOf(store))) return null;
  return { source: "backup", graph: format.graph, bytes: encodeFormat({ ...format, nonce }), damaged };
}

/** Puts a `format.json` where there is none, or only the damaged one that was found. One of this graph that another repair has put meanwhile does as well. Errors: as `putBack`. */
export function restoreFormat(store: ObjectStore, environment: Environment, copy: FormatCopy): Promise<void> {
  const isSame = (there: Uint8Array): boolean => formatIn(there, store)?.graph === copy.graph;
  return putBack(store, environment, FORMAT_KEY, copy, isSame);
}

/** The first commit from the digest of its block, or from a copy, if the one after it proves that it is the one. */
async function firstElsewhere(store: ObjectStore, backup: ObjectStore | null): Promise<CommitObject | null> {
  const copy = await new SlotCopies(store, null, backup).find(MAIN_LOG_ID, 0);
  return copy === null ? null : decoded(store, MAIN_LOG_ID, 0, copy.bytes);
}

async function formatOf(backup: ObjectStore): Promise<GraphFormat | null> {
  try {
    return await readFormat(backup, "read");
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return null;
  }
}

/** The id that commits here have; null where none of the newest can be read. */
async function graphOf(store: ObjectStore): Promise<string | null> {
  for (const { logId, last } of (await listLogs(store)).logs.values()) {
    const graph = (await readAny(store, logId, last))?.graph ?? null;
    if (graph !== null) return graph;
  }
  return null;
}

/** The bytes of a damaged `format.json`; null where there is none. One of a later version is not damaged. */
async function damagedFormat(store: ObjectStore): Promise<Uint8Array | null> {
  const bytes = await store.get(FORMAT_KEY);
  if (bytes === null) return null;
  try {
    decodeFormat(bytes, "read", store.uri);
    return null;
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return cause.reason === "format_newer" ? null : bytes;
  }
}

function formatIn(bytes: Uint8Array, { uri }: ObjectStore): GraphFormat | null {
  try {
    return decodeFormat(bytes, "read", uri);
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return null;
  }
}

/** The object of a slot, whatever its graph; null where there is none that can be read. */
async function readAny(store: ObjectStore, logId: LogId, slot: number): Promise<CommitObject | null> {
  const bytes = await store.get(slotKey(logId, slot));
  return bytes === null ? null : decoded(store, logId, slot, bytes);
}

function decoded(store: ObjectStore, logId: LogId, slot: number, bytes: Uint8Array): CommitObject | null {
  try {
    return decodeObject(bytes, logId, slot, { access: "read", store: store.uri, graph: null });
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return null;
  }
}
