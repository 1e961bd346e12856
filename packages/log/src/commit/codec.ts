import { isError, type JsonObject, OmnigraphError, unreachable } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import {
  type ChangeSet,
  decodeChanges,
  decodeContainer,
  type Durability,
  encodeChanges,
  encodeContainer,
  hasPacked,
} from "@omnigraph/storage";
import { type CommitAddress, slotKey, type LogId } from "../address.ts";
import {
  BLOBS,
  checkNeeds,
  corruptLog,
  type Needs,
  FOLD,
  NO_NEEDS,
  PACKED,
  unreadable,
} from "../features.ts";
import { type Fail, Fields } from "../json-fields.ts";
import { foldFromJson, foldToJson } from "../layout/fold-json.ts";
import { entryFromJson, entryToJson } from "../layout/layout.ts";
import type { CommitHeader, CommitObject, CommitRecord, ObjectFrame } from "./header.ts";
import { HASH, headerFromJson, headerToJson } from "./header-json.ts";

export const MAGIC = "OGC1";
/** How a fast-forward is called on disk. */
const FAST_FORWARD = "forward";
const NONCE = /^[0-9a-f]{32}$/;
/** Commits that one object may hold; the index in an id has 5 bits. */
const MAX_COMMITS = 32;
/** Bytes of the SHA-256 that ends a container. */
export const CHECKSUM_BYTES = 32;

type StoredChanges = CommitRecord["changes"];

/** An object with its bytes. */
export interface EncodedObject {
  readonly object: CommitObject;
  readonly bytes: Uint8Array;
}

/** The reader of an object: its access, and the graph that it expects; null where the object is to tell that. */
export interface ObjectReader {
  /** `write` if the caller will append to the log. */
  readonly access: "read" | "write";
  /** For messages. */
  readonly store: string;
  readonly graph: string | null;
}

/** The row segment of changes: null where they carry no rows. Made once, whatever the number of attempts to publish it. */
export function encodeRows(changes: StoredChanges): Uint8Array | null {
  return changes.kind === "rows" && changes.rows.length > 0 ? encodeChanges(changes.rows) : null;
}

/** Readers of an older version refuse what they would take for damaged. */
function needsOf(commits: readonly CommitRecord[]): Needs {
  const packed = commits.some(({ changes }) => changes.kind === "rows" && hasPacked(changes.rows));
  const fold = commits.some(({ changes }) => changes.kind === "fold");
  const blobs = commits.some(({ changes }) => namesBlobs(changes));
  if (!packed && !fold && !blobs) return NO_NEEDS;
  const read = [...(packed ? [PACKED] : []), ...(fold ? [FOLD] : []), ...(blobs ? [BLOBS] : [])];
  return { read, write: [] };
}

/** Rows that a commit carries name only content that a table before it names as well: that refuses older readers. */
function namesBlobs(changes: StoredChanges): boolean {
  const layers =
    changes.kind === "layers"
      ? changes.layers
      : changes.kind === "fold"
        ? changes.runs.flatMap(({ layer }) => (layer === null ? [] : [layer]))
        : [];
  return layers.some(({ blobs }) => blobs !== undefined);
}

/** The bytes of one object, and the object as a reader of these bytes would see it. `rows` has the row segment of each commit. */
export function encodeObject(
  frame: ObjectFrame & { readonly graph: string },
  commits: readonly CommitRecord[],
  rows: readonly (Uint8Array | null)[] = commits.map(({ changes }) => encodeRows(changes)),
): EncodedObject {
  const segments: Uint8Array[] = [];
  const described = commits.map(({ header, changes }, i) => {
    const segment = rows[i] ?? null;
    const number = segment === null ? null : segments.push(segment) - 1;
    return { ...headerToJson(header), changes: changesToJson(changes, number) };
  });
  const header = {
    needs: needsOf(commits),
    graph: frame.graph,
    branch: frame.branch,
    incarnation: frame.logId,
    slot: frame.slot,
    nonce: frame.nonce,
    predecessor: frame.predecessor,
    durability: frame.durability,
    commits: described,
  };
  checkReadable(header, segments, frame);
  const bytes = encodeContainer(MAGIC, header, segments);
  return { object: { ...frame, checksum: checksumOf(bytes), size: bytes.length, commits }, bytes };
}

/** Runs the reader's checks on what is to be encoded. Throws `internal`. */
function checkReadable(
  header: JsonObject & { readonly commits: readonly JsonObject[] },
  segments: readonly Uint8Array[],
  { logId, slot }: ObjectFrame,
): void {
  const fail = unreadable("commit object");
  readFrame(new Fields(header, "header", fail), logId, slot, fail);
  for (const [index, commit] of header.commits.entries()) {
    const fields = new Fields(commit, `commits[${index}]`, fail);
    headerFromJson(fields, { logId, slot, index }, fail);
    readChanges(fields.fields("changes"), segments, slotKey(logId, slot), fail);
  }
}

/**
 * Reads the object of a slot. Throws `log_corrupt`, `format_newer` or, for an object of another graph, `graph_replaced`, with the place; rows are decoded
 * when first asked for.
 */
export function decodeObject(
  bytes: Uint8Array,
  logId: LogId,
  slot: number,
  { access, store, graph }: ObjectReader,
): CommitObject {
  const place = `${store}/${slotKey(logId, slot)}`;
  const fail = corruptLog(place);
  const { header, segments } = guarded(place, () => decodeContainer(MAGIC, bytes, place));
  const fields = new Fields(header, "header", fail);
  checkNeeds(fields, access, place);
  const frame = readFrame(fields, logId, slot, fail);
  if (frame.graph !== null && graph !== null && frame.graph !== graph)
    throw ofAnotherGraph(place, frame.graph, graph);
  const stub = fields.raw("stub") === undefined ? null : fields.fields("stub");
  return {
    ...frame,
    checksum: stub?.shaped("checksum", HASH, "a SHA-256") ?? checksumOf(bytes),
    size: bytes.length,
    commits: fields
      .list("commits")
      .map((commit, index) => decodeCommit(commit, { logId, slot, index }, frame.branch, segments, place)),
  };
}

/** The members of an object's header apart from its commits, of which there is a right number. */
function readFrame(fields: Fields, logId: LogId, slot: number, fail: Fail): ObjectFrame {
  if (fields.text("incarnation") !== logId || fields.count("slot") !== slot)
    fail("it was put in another slot");
  const predecessor = fields.shapedOrNull("predecessor", HASH, "a SHA-256 or null");
  if ((predecessor === null) !== (slot === 0)) fail("only slot 0 has no predecessor");
  const { length } = fields.list("commits");
  if (length === 0 || length > MAX_COMMITS) fail(`it holds ${length} commits`);
  return {
    // Left out by writers of the first versions.
    graph: fields.raw("graph") === undefined ? null : fields.text("graph"),
    logId,
    slot,
    branch: fields.text("branch"),
    nonce: fields.shaped("nonce", NONCE, "32 hex digits"),
    predecessor,
    durability: durabilityOf(fields.text("durability"), fail),
  };
}

function decodeCommit(
  value: unknown,
  address: CommitAddress,
  branch: string,
  segments: readonly Uint8Array[],
  place: string,
): CommitRecord {
  const fail = corruptLog(place);
  const fields = new Fields(value, `commits[${address.index}]`, fail);
  const header = headerFromJson(fields, address, fail);
  const changes = readChanges(fields.fields("changes"), segments, place, fail);
  return new StoredCommit(header, address, branch, changes);
}

/** A commit read from its object. */
class StoredCommit implements CommitRecord {
  readonly header: CommitHeader;
  readonly address: CommitAddress;
  readonly branch: string;
  readonly #read: () => StoredChanges;
  #changes: StoredChanges | null = null;

  constructor(header: CommitHeader, address: CommitAddress, branch: string, read: () => StoredChanges) {
    this.header = header;
    this.address = address;
    this.branch = branch;
    this.#read = read;
  }

  get changes(): StoredChanges {
    this.#changes ??= this.#read();
    return this.#changes;
  }
}

function changesToJson(changes: StoredChanges, segment: number | null): JsonObject {
  const { kind } = changes;
  switch (kind) {
    case "rows":
      return { kind, segment, replaced: changes.replaced, types: rowCounts(changes.rows) };
    case "layers":
      return { kind, layers: changes.layers.map(entryToJson), replaced: changes.replaced };
    case "fast_forward":
      return { kind: FAST_FORWARD };
    case "fold":
      return { kind, ...foldToJson(changes) };
    case "reclaimed":
      return { kind, types: Object.fromEntries(changes.types.map((type) => [type, {}])) };
    default:
      return unreachable(kind);
  }
}

/** Numbers of changed rows by type, for people. */
function rowCounts(rows: ChangeSet): JsonObject {
  return Object.fromEntries(
    rows.map(({ type, after, before, updated }) => [
      type,
      { inserted: after.length - updated, updated, deleted: before.length - updated },
    ]),
  );
}

/** Checks the reference to the rows now; decodes them later. */
function readChanges(
  fields: Fields,
  segments: readonly Uint8Array[],
  place: string,
  fail: Fail,
): () => StoredChanges {
  const kind = fields.text("kind");
  if (kind === FAST_FORWARD) return () => ({ kind: "fast_forward" });
  if (kind === "fold") {
    const fold = foldFromJson(fields, "changes", fail);
    return () => ({ kind, ...fold });
  }
  if (kind === "reclaimed") {
    // Cast: type ids are opaque here; the catalog knows them.
    const types = fields.fields("types").names() as readonly TypeId[];
    return () => ({ kind, types });
  }
  // Cast: as above.
  const replaced = fields.texts("replaced") as readonly TypeId[];
  if (kind === "layers") {
    const layers = fields
      .list("layers")
      .map((entry, i) => entryFromJson(entry, `changes.layers[${i}]`, fail));
    return () => ({ kind, layers, replaced });
  }
  if (kind !== "rows") return fail("changes.kind is unknown");
  const number = fields.countOrNull("segment");
  if (number === null) return () => ({ kind, rows: [], replaced });
  const segment = segments[number] ?? fail(`there is no row segment ${number}`);
  return () => ({ kind, rows: guarded(place, () => decodeChanges(segment, place)), replaced });
}

function ofAnotherGraph(place: string, found: string, graph: string): OmnigraphError {
  return new OmnigraphError(
    "graph_replaced",
    `${place} is a commit of graph ${found}, not of graph ${graph} that was opened: another graph was put in its place, or the file was copied from one; put the graph back, or open it again at the address where it is now`,
    { details: { place, graph, found } },
  );
}

/** Reports damage found by the container and the row codec as `log_corrupt`. */
function guarded<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isError(cause, "object_corrupt")) throw cause;
    // The message has the place and the remedy already.
    throw new OmnigraphError("log_corrupt", cause.message, { details: { place }, cause });
  }
}

function durabilityOf(text: string, fail: Fail): Durability {
  return text === "durable" || text === "relaxed" ? text : fail("its durability is unknown");
}

/** The SHA-256 that ends an object, hex. */
export function checksumOf(container: Uint8Array): string {
  const { buffer, byteOffset, length } = container;
  return Buffer.from(buffer, byteOffset + length - CHECKSUM_BYTES, CHECKSUM_BYTES).toString("hex");
}
