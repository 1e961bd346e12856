import { LIMITS, OmnigraphError } from "@omnigraph/base";
import { chooseRun, foldedRows, type Piece as RowPiece, piecesOf } from "@omnigraph/engine";
import type { EntityType, TypeId } from "@omnigraph/language";
import type {
  BranchLog,
  BranchWriter,
  CommitDraft,
  CommitRecord,
  Fold,
  FoldedRun,
  Intent,
  Piece,
  WriteRequest,
} from "@omnigraph/log";
import { batchBytes, type LayerDraft, type LayerEntry, NOTHING } from "@omnigraph/storage";
import { BESIDE_BYTES, Staging } from "../branches/staging.ts";
import { LogSnapshotSource } from "../history/snapshot-source.ts";
import type { GraphContext } from "../open/context.ts";
import { isReclaimed } from "../open/reclaimed.ts";

/** The request of a fold. */
export interface FoldRequest {
  /** ULID of the write. */
  readonly op: string;
  readonly content: string | null;
  readonly actor: string | null;
  readonly message: string | null;
  /** Whether each type is folded into one layer without tombstones. Otherwise only as far as layers of geometrically growing size require. */
  readonly whole: boolean;
  /** Whether the new layers stand for all commits that the branch reads rows of, whatever that costs: then nothing is left of them in its pieces. */
  readonly absorbs?: boolean;
  /** Tables that are written anew in any case, with all pieces after them: by staging id and type. Default: none. */
  readonly anew?: (entry: LayerEntry) => boolean;
  readonly signal: AbortSignal;
  readonly onType: (type: EntityType) => void;
}

/** The outcome for one type. */
interface FoldedType {
  readonly type: EntityType;
  /** Number of layers of the type after the fold. */
  readonly layers: number;
  readonly layersAdded: number;
  readonly layersRemoved: number;
  /** Rows that were written; 0 if the type was not folded. */
  readonly rowsWritten: number;
}

export interface FoldResult {
  /** Null if there was nothing to fold. */
  readonly commit: CommitRecord | null;
  readonly types: readonly FoldedType[];
}

/** One type with the run of its pieces that is folded; the run is empty if the type is not folded. */
interface PlannedType {
  readonly type: EntityType;
  readonly pieces: readonly Piece[];
  readonly rows: readonly RowPiece[];
  /** Index of the first piece of the run. */
  readonly start: number;
}

/** What to fold in the snapshot at a commit. */
interface Plan {
  readonly base: CommitRecord;
  readonly types: readonly PlannedType[];
  readonly through: Fold["through"];
}

/**
 * Replaces, for each type, the commits since the last fold and the layers that are small compared with them by one layer, in one commit that changes no
 * row. Writers and readers are not blocked: commits made meanwhile stay after the fold. Errors: `too_contended` if others replaced what was being folded at
 * every attempt, failures of the store.
 */
export async function foldBranch(
  context: GraphContext,
  branch: BranchLog,
  asked: FoldRequest,
): Promise<FoldResult> {
  const request = requestOf(context, asked);
  const earlier = await earlierCommit(context.log.writer(branch), request);
  if (earlier !== null) return { commit: earlier, types: [] };
  for (let tries = 0; tries < LIMITS.writeAttempts.value; tries++) {
    const base = await branch.head(asked.signal);
    try {
      const types = await typesOf(context, base, asked);
      const plan = await planOf(context, base, types, asked.signal);
      if (plan === null) return { commit: null, types: types.map(untouched) };
      const result = await attempt(context, branch, plan, request, asked);
      if (result !== null) return result;
    } catch (thrown) {
      // Others may have folded what is read here, and cleanup removed it: the head of now does not need it.
      // Anything else goes on as it is, before a further read that may fail in its place: what was told may be that nobody knows.
      if (!(await isReclaimed(context.log, thrown))) throw thrown;
      if ((await branch.head(asked.signal)).header.id === base.header.id) throw thrown;
    }
  }
  throw new OmnigraphError(
    "too_contended",
    `what was being folded on branch ${branch.name} was replaced by others ${LIMITS.writeAttempts.value} times; try again`,
    { details: { branch: branch.name } },
  );
}

/** The commit of an earlier call with the same op, if the caller gave one. */
async function earlierCommit(writer: BranchWriter, request: WriteRequest): Promise<CommitRecord | null> {
  return request.content === null ? null : (await writer.submit(request)).commit;
}

/** The types that ever had a row, in the order of the schema, each with the run of its pieces to fold. */
async function typesOf(
  { log, tables, catalogs }: GraphContext,
  base: CommitRecord,
  { whole, absorbs = false, anew = () => false, signal }: FoldRequest,
): Promise<readonly PlannedType[]> {
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(base, signal),
    catalogs.read(base.header.schema, signal),
  ]);
  const source = new LogSnapshotSource(snapshot, log, tables);
  const types = [...catalog.typeById.values()].filter(({ id }) => base.header.counts.has(id));
  return Promise.all(
    types.map(async (type): Promise<PlannedType> => {
      const pieces = snapshot.pieces(type.id);
      const rows = await piecesOf(source, type, signal);
      const sizes = rows.map((piece) => ({ kind: piece.kind, rows: rowsOf(piece) }));
      const chosen = chooseRun(sizes, whole) ?? pieces.length;
      const ranges = pieces.findIndex(({ kind }) => kind === "range");
      const first = pieces.findIndex((piece) => piece.kind === "layer" && anew(piece.entry));
      const starts = [chosen, ...(absorbs && ranges >= 0 ? [ranges] : []), ...(first < 0 ? [] : [first])];
      return { type, pieces, rows, start: Math.min(...starts) };
    }),
  );
}

/** Null if there is nothing to fold, or nothing can be folded before the next commit of the branch. */
async function planOf(
  { log }: GraphContext,
  base: CommitRecord,
  types: readonly PlannedType[],
  signal: AbortSignal,
): Promise<Plan | null> {
  const hasRows = types.some(({ rows, start }) => rows.slice(start).some((piece) => rowsOf(piece) > 0));
  const reach = hasRows ? await log.folds.reach(base, runsOf(types), signal) : null;
  return reach === null ? null : { base, types, ...reach };
}

function rowsOf(piece: RowPiece): number {
  if (piece.kind === "layer") return piece.reader.entry.rows + piece.reader.entry.tombstones;
  return piece.changes.reduce(
    (sum, { after, before, updated }) => sum + after.length + before.length - updated,
    0,
  );
}

/** Null if the pieces that were folded have been replaced meanwhile: then a new plan is needed. */
async function attempt(
  context: GraphContext,
  branch: BranchLog,
  { base, types, through }: Plan,
  request: WriteRequest,
  asked: FoldRequest,
): Promise<FoldResult | null> {
  const staging = new Staging(context, request, branch);
  // Beside the reading of the first rows.
  const beginning = staging.begin(base);
  beginning.catch(() => undefined); // thrown below, once the rows beside it are read
  try {
    const layers = await stageAll(context, beginning, { base, types }, asked);
    const intent = await beginning;
    const runs = runsOf(types).map((run) => ({ ...run, layer: layers.get(run.type) ?? null }));
    const draft = draftOf(context, base, { runs, through });
    await intent.staged(draft);
    const written = await context.log.writer(branch).submit(request, { base, draft });
    const commit = await staging.end(written.commit);
    return commit === null ? null : { commit, types: types.map((type) => outcomeOf(type, layers)) };
  } catch (thrown) {
    await beginning.catch(() => undefined); // what has begun must end
    return { commit: await staging.fail(thrown), types: [] };
  }
}

/** The draft of a fold is always prepared. If it cannot be used, evaluating the request gives an empty draft, and nothing is written. */
export function requestOf(
  { durability }: GraphContext,
  { op, content, actor, message, signal }: FoldRequest,
): WriteRequest {
  return {
    kind: "maintenance",
    op,
    content,
    actor,
    message,
    ifCommit: null,
    durability,
    signal,
    evaluate: () => NOTHING,
    rowsOf: async () => null,
  };
}

/** Up to so many rows of all types are read at once: one type after the other would wait for round trips where the store is far away. */
const ROWS_AT_ONCE = 1 << 18;

/** Stages the new layer of each type that is folded. One large type after the other, because its rows are in memory while they are written. */
async function stageAll(
  { tables, content }: GraphContext,
  beginning: Promise<Intent>,
  { base, types }: Pick<Plan, "base" | "types">,
  { signal, onType }: FoldRequest,
): Promise<ReadonlyMap<TypeId, LayerEntry>> {
  const staged = new Map<TypeId, LayerEntry>();
  const folded = types.filter(({ rows, start }) => start < rows.length);
  const read = ({ type, rows, start }: PlannedType): Promise<LayerDraft | null> =>
    foldedRows(type, rows.slice(start), start === 0, signal);
  const rowCount = folded
    .flatMap(({ rows, start }) => rows.slice(start))
    .reduce((sum, piece) => sum + rowsOf(piece), 0);
  const reading = rowCount <= ROWS_AT_ONCE ? folded.map(read) : [];
  for (const one of reading) one.catch(() => undefined); // thrown below, in its turn
  let writing: Promise<void>[] = [];
  let bytes = 0;
  const written = async (): Promise<void> => {
    await Promise.all(writing);
    writing = [];
    bytes = 0;
  };
  try {
    for (const [k, planned] of folded.entries()) {
      const { type } = planned;
      onType(type);
      const draft = await (reading[k] ?? read(planned));
      if (draft === null) continue;
      const placed = await content.placed(draft, [base], signal);
      const stage = tables.stage((await beginning).staging, placed, signal);
      writing.push(stage.then((entry) => void staged.set(type.id, entry)));
      writing.at(-1)?.catch(() => undefined); // thrown below, once the rows of the next type are read
      bytes += batchBytes(draft.rows);
      if (bytes > BESIDE_BYTES) await written();
    }
    await written();
    return staged;
  } finally {
    await Promise.allSettled([...writing, ...reading]);
  }
}

function runsOf(types: readonly PlannedType[]): readonly Pick<FoldedRun, "type" | "pieces">[] {
  return types
    .filter(({ pieces, start }) => start < pieces.length)
    .map(({ type, pieces, start }) => ({ type: type.id, pieces: pieces.slice(start) }));
}

export function draftOf({ log }: GraphContext, { header }: CommitRecord, fold: Fold): CommitDraft {
  return {
    ...NOTHING,
    changes: { kind: "fold", ...fold },
    commits: true,
    holdsAt: (commit) => log.folds.hold(commit, fold, header.schema),
  };
}

function untouched({ type, pieces }: PlannedType): FoldedType {
  return { type, layers: layerCount(pieces), layersAdded: 0, layersRemoved: 0, rowsWritten: 0 };
}

function outcomeOf(
  { type, pieces, start }: PlannedType,
  layers: ReadonlyMap<TypeId, LayerEntry>,
): FoldedType {
  const entry = layers.get(type.id);
  const layersAdded = entry === undefined ? 0 : 1;
  const layersRemoved = layerCount(pieces.slice(start));
  const now = layerCount(pieces) + layersAdded - layersRemoved;
  return { type, layers: now, layersAdded, layersRemoved, rowsWritten: entry?.rows ?? 0 };
}

function layerCount(pieces: readonly Piece[]): number {
  return pieces.filter(({ kind }) => kind === "layer").length;
}
