import { OmnigraphError, systemEnvironment, writeJson } from "@omnigraph/base";
import { chosenTypes, exportPieces, type View, type WithContent } from "@omnigraph/engine";
import type { EntityType } from "@omnigraph/language";
import {
  columnIn,
  type ColumnKey,
  columnKeys,
  columnSpecs,
  openBackend,
  type Outside,
  type OutsideColumn,
  type RowBatch,
  writeOutside,
} from "@omnigraph/storage";
import { type ExportedTable, type TablesExportAnswer, tablesExportJson } from "@omnigraph/wire";
import type { ExportTablesOptions } from "../api/exchange.ts";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { guarded } from "../calls/callers-code.ts";
import { summaryOf } from "../history/summary.ts";
import { processSettings } from "../open/settings.ts";
import type { GraphContext } from "../open/context.ts";
import { contentAt } from "../open/exported-content.ts";
import { exportCommit } from "../read/export.ts";

/** Written last: a folder without it is not whole. */
const MANIFEST = "export.json";
const STARTED = new Uint8Array(0);

type Asked = ExportTablesOptions & { readonly signal: AbortSignal; readonly permitTypes: PermitTypes };

/** As `Tables.export`. */
export async function exportTables(
  context: GraphContext,
  branches: Branches,
  to: string,
  { types: names, permitTypes, ...asked }: Asked,
): Promise<TablesExportAnswer> {
  const first = await branches.commitView(asked, asked.signal);
  const types = chosenTypes(first.view.catalog, names);
  if (permitTypes !== undefined) await permitTypes({ reads: types, changes: [] });
  const { objects, outside } = await openBackend(to, systemEnvironment, { s3: processSettings().s3 });
  try {
    const place = await emptyPlace(to, outside);
    const tables: ExportedTable[] = [];
    const withContent = contentAt(context, first.commit, asked.signal);
    const write = async (view: View, started: () => Promise<void>): Promise<void> => {
      for (const { type, name } of named(types))
        tables.push(await exported(view, type, name, place, { ...asked, withContent, started }));
    };
    await exportCommit(
      branches,
      first,
      (view, sink) => write(view, async () => sink(STARTED)),
      () => undefined,
    );
    const answer = { to, format: asked.format, commit: summaryOf(first.commit), tables };
    await place.put(MANIFEST, Buffer.from(`${writeJson(tablesExportJson(answer), 2)}\n`));
    return answer;
  } finally {
    await objects.close();
  }
}

/** Errors: `folder_not_empty`, and `store_uri_invalid` for memory. */
async function emptyPlace(to: string, outside: Outside | null): Promise<Outside> {
  if (outside === null) {
    const message = `tables for other programs cannot be in memory (${to}); name a folder or s3://bucket/prefix`;
    throw new OmnigraphError("store_uri_invalid", message, { details: { uri: to } });
  }
  if (await outside.isEmpty()) return outside;
  const message = `${to} is not empty, and an export replaces nothing; name a new or an empty folder`;
  throw new OmnigraphError("folder_not_empty", message, { details: { uri: to } });
}

/** Types with the names of their tables: on a disk that does not tell letters' case apart, `Film` and `FILM` are one folder. */
function named(
  types: readonly EntityType[],
): readonly { readonly type: EntityType; readonly name: string }[] {
  const taken = new Set<string>();
  return types.map((type) => ({ type, name: freeName(type.name, taken) }));
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}__${n}`;
  taken.add(free.toLowerCase());
  return free;
}

/** How the tables are written. */
interface Exporting extends Pick<Asked, "format" | "signal" | "onProgress"> {
  readonly withContent: WithContent;
  /** Called before each piece. */
  readonly started: () => Promise<void>;
}

async function* wholePieces(
  pieces: AsyncIterable<RowBatch>,
  type: EntityType,
  withContent: WithContent,
): AsyncIterable<RowBatch> {
  for await (const piece of pieces) yield* withContent(type, piece);
}

async function exported(
  view: View,
  type: EntityType,
  name: string,
  place: Outside,
  { format, signal, onProgress, withContent, started }: Exporting,
): Promise<ExportedTable> {
  const rows = view.count(type);
  guarded(onProgress, "what was exported so far stays, and is not whole")({ typeName: type.name, rows });
  const keys = columnKeys(type);
  const pieces = columnsOf(wholePieces(exportPieces(view, type, signal), type, withContent), keys, started);
  const path = await writeOutside(place, format, { name, columns: columnsFor(type, keys) }, pieces);
  return { kind: type.kind, typeName: type.name, path, rows };
}

async function* columnsOf(
  pieces: AsyncIterable<RowBatch>,
  keys: readonly ColumnKey[],
  started: () => Promise<void>,
) {
  for await (const piece of pieces) {
    await started();
    yield keys.map((key) => columnIn(piece, key));
  }
}

/** `id`, for edges `from` and `to`, and the properties under their names. */
function columnsFor(type: EntityType, keys: readonly ColumnKey[]): readonly OutsideColumn[] {
  const spec = columnSpecs(type);
  const taken = new Set<string>();
  return keys.map((key) => {
    const property = key === "id" || key === "src" || key === "dst" ? null : type.propertyById.get(key);
    const name = property?.name ?? (key === "src" ? "from" : key === "dst" ? "to" : key);
    return { name: freeName(name, taken), type: spec(key).type, nullable: property?.type.nullable ?? false };
  });
}
