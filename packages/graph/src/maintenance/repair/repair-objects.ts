import { createHash } from "node:crypto";
import { type Environment, given, isError, OmnigraphError } from "@omnigraph/base";
import {
  formatCopy,
  LastReadable,
  type LogId,
  type LostSlots,
  putBack,
  recordCopy,
  restoreFormat,
  SlotCopies,
  slotKey,
} from "@omnigraph/log";
import type { LayerEntry, LayerStore, ObjectStore } from "@omnigraph/storage";
import type { FsckFinding, RepairedObject } from "@omnigraph/wire";
import type { About } from "../fsck/harm.ts";

/** What repairing objects needs. */
export interface ObjectRepairs {
  readonly store: ObjectStore;
  readonly tables: LayerStore;
  readonly environment: Environment;
  /** Id of the graph; null where nothing tells. */
  readonly graph: string | null;
  /** A copy of the graph to take objects from; null where none is given. */
  readonly backup: ObjectStore | null;
  /** What is damaged or missing of logs. */
  readonly lost: readonly LostSlots[];
  /** Whether anything is changed. */
  readonly confirm: boolean;
}

/** What is done with an object, and how; null in place of the doing where there is nothing to take it from. */
interface Remedy {
  readonly action: RepairedObject["action"];
  readonly source: RepairedObject["source"];
  readonly run: (() => Promise<void>) | null;
  /** What is to be known before it is done, or where nothing can be done. */
  readonly note?: string;
}

/** Plans, and with `confirm` does, what can be done about a finding. Notes are left alone. */
export async function* repairFound(
  context: ObjectRepairs,
  finding: FsckFinding,
  about: About,
): AsyncGenerator<RepairedObject, void, undefined> {
  // What others wrote to a table is compared and settled by rows.
  if (finding.severity === "note" || finding.class === "table_changed") return;
  for await (const [place, remedy] of remediesOf(context, finding, about))
    yield await applied(context, { ...finding, place }, remedy);
}

async function* remediesOf(
  context: ObjectRepairs,
  { class: found, place, branches }: FsckFinding,
  about: About,
): AsyncGenerator<readonly [string, Remedy], void, undefined> {
  const { store } = context;
  if (about.kind === "layer" && found === "column_file_damaged") {
    const run = (): Promise<void> => context.tables.rebuild(about.entry);
    yield [place, { action: "rewrite", source: "table", run }];
  } else if (found === "format_damaged") {
    yield [place, await formatRemedy(context)];
  } else if (found === "digest_damaged") {
    // Whoever misses it next writes it again.
    yield [place, { action: "remove", source: null, run: () => store.delete(place) }];
  } else if (about.kind === "log" && about.subject.kind === "slots" && RESTORED.has(found)) {
    const { logId, from, to } = about.subject;
    for (let slot = from; slot <= to; slot++)
      yield [slotKey(logId, slot), await slotRemedy(context, logId, slot, branches.length > 0)];
  } else if (found === "layout_damaged" || found === "schema_damaged") {
    yield [place, await contentRemedy(context, place)];
  } else if (found === "record_damaged" || found === "record_missing") {
    yield [place, await recordRemedy(context, place)];
  } else if (about.kind === "layer") {
    yield [place, await layerRemedy(context, place, about.entry)];
  } else yield [place, { action: "none", source: null, run: null }];
}

const RESTORED: ReadonlySet<string> = new Set(["slot_missing", "slot_damaged", "slot_of_other_graph"]);

/** Which slots of logs are damaged or missing, of findings. */
export function lostSlots(found: readonly (readonly [FsckFinding, About])[]): readonly LostSlots[] {
  return found.flatMap(([{ class: name }, about]) =>
    about.kind === "log" && about.subject.kind === "slots" && RESTORED.has(name) ? [about.subject] : [],
  );
}

/** `isRead`: whether the head of a branch needs the slot. */
async function slotRemedy(
  context: ObjectRepairs,
  logId: LogId,
  slot: number,
  isRead: boolean,
): Promise<Remedy> {
  const { store, environment, graph, backup } = context;
  const copies = new SlotCopies(store, graph, backup);
  const copy = await copies.find(logId, slot);
  if (copy === null) {
    const note = isRead ? await wayOn(context, logId, slot) : undefined;
    return { action: "restore", source: null, run: null, ...given({ note }) };
  }
  return {
    action: "restore",
    source: copy.source,
    run: () => copies.restore(logId, slot, copy, environment),
  };
}

/** How to go on without a slot that heads of branches need; undefined where no commit before it can be read. */
async function wayOn(
  { store, environment, graph, lost }: ObjectRepairs,
  logId: LogId,
  slot: number,
): Promise<string | undefined> {
  const commit = await new LastReadable(store, environment, graph, lost).before(logId, slot);
  if (commit === null) return undefined;
  return `without one, a branch that is made at commit ${commit} goes on from before it, and a backup of that branch has its log up to there`;
}

async function formatRemedy({ store, environment, backup }: ObjectRepairs): Promise<Remedy> {
  const copy = await formatCopy(store, environment, backup);
  if (copy === null) return { action: "restore", source: null, run: null };
  const run = (): Promise<void> => restoreFormat(store, environment, copy);
  return { action: "restore", source: copy.source, run, note: NOTE_OF_FORMAT };
}

/** The record of a branch name never changes once it is there, so that of a copy is the same. */
async function recordRemedy(
  { store, environment, graph, backup }: ObjectRepairs,
  place: string,
): Promise<Remedy> {
  const copy = backup === null ? null : await recordCopy(store, graph, backup, place);
  if (copy === null) return { action: "restore", source: null, run: null };
  return { action: "restore", source: "backup", run: () => putBack(store, environment, place, copy) };
}

/** An object that is named by the hash of its bytes can be taken from any store that has it. */
async function contentRemedy({ store, backup }: ObjectRepairs, place: string): Promise<Remedy> {
  const bytes = backup === null ? null : await backup.get(place);
  if (bytes === null || !place.includes(sha256(bytes))) return { action: "restore", source: null, run: null };
  return { action: "restore", source: "backup", run: () => store.put(place, bytes, "durable") };
}

/** The files of a table never change once it is published, so those of a backup are the same; what is there and differs is replaced. */
async function layerRemedy(
  { store, tables, backup }: ObjectRepairs,
  place: string,
  entry: LayerEntry,
): Promise<Remedy> {
  const files = backup === null ? [] : await backup.list(place);
  if (backup === null || files.length === 0) return { action: "restore", source: null, run: null };
  const run = async (): Promise<void> => {
    for (const { key } of files) {
      const bytes = await backup.get(key);
      if (bytes !== null) await store.put(key, bytes, "durable");
    }
    for await (const { kind, problem } of tables.check(entry))
      if (kind !== "column_file_damaged" && kind !== "index_damaged")
        throw new OmnigraphError("object_corrupt", `the copy does not help: ${problem}`, {
          details: { place },
        });
  };
  return { action: "restore", source: "backup", run };
}

async function applied(
  { confirm, backup }: ObjectRepairs,
  { class: found, place, advice }: FsckFinding,
  { action, source, run, note }: Remedy,
): Promise<RepairedObject> {
  const planned = { class: found, place, action, source };
  if (run === null) {
    const missing = action === "restore" ? (backup === null ? NO_BACKUP : NOT_IN_BACKUP) : advice;
    return { ...planned, isDone: false, advice: withNote(missing, note), error: null };
  }
  if (!confirm)
    return { ...planned, isDone: false, advice: withNote("repeat with confirm", note), error: null };
  try {
    await run();
    return { ...planned, isDone: true, advice: note ?? "nothing more", error: null };
  } catch (cause) {
    if (!isError(cause)) throw cause;
    return { ...planned, isDone: false, advice, error: cause.message };
  }
}

const NOTE_OF_FORMAT =
  "the id and the time of the graph are certain; the nonce is new, so programs that have the graph open are to open it again. Whether this is the whole graph is not certain: if a backup, a restore or a copy into this place was not finished, repeat that";
const NO_BACKUP = "name a copy of the graph that has it whole (from)";
const NOT_IN_BACKUP = "the copy that was named does not have it, or not the one that fits: name another one";

function withNote(advice: string, note: string | undefined): string {
  return note === undefined ? advice : `${advice}; ${note}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
