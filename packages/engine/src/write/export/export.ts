import { OmnigraphError, present, clipped } from "@omnigraph/base";
import { type Catalog, didYouMean, type EntityType } from "@omnigraph/language";
import type { Column, ColumnKey, RowBatch } from "@omnigraph/storage";
import type { Rows, View } from "../../view/view.ts";
import { wholeRows } from "../../view/needs.ts";
import { Residency } from "../../view/residency.ts";
import { rowsOf } from "../../view/rows-of.ts";
import { JsonBytes } from "./json-bytes.ts";

export interface ExportOptions {
  /** Only these types, by name. Default: all. */
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
  /** Default: rows as they are. */
  readonly withContent?: WithContent;
}

/** Rows in parts, with the content of Blobs in the place of references to it. */
export type WithContent = (type: EntityType, rows: RowBatch) => AsyncIterable<RowBatch>;

async function* asTheyAre(_type: EntityType, rows: RowBatch): AsyncIterable<RowBatch> {
  yield rows;
}

/** Receives a piece of the export; the next one is made when the promise resolves. */
export type ExportSink = (piece: Uint8Array) => void | Promise<void>;

const PIECE_BYTES = 1 << 16;
const ROWS_AT_ONCE = 4096;

/**
 * Writes a view as NDJSON that a load reads back to an equal graph: nodes, then edges; types in order of their names, entities in order of
 * their ids; dates as epoch days and milliseconds.
 * Errors: `usage` for a type that the schema lacks; `aborted`.
 */
export async function exportRows(view: View, options: ExportOptions, sink: ExportSink): Promise<void> {
  const out = new JsonBytes();
  for (const type of chosenTypes(view.catalog, options.types)) {
    if (view.count(type) === 0) continue;
    const residency = new Residency(options.signal);
    try {
      await residency.hold(view, wholeRows(type));
      await exportType(view, type, out, options, sink);
    } finally {
      residency.release();
    }
  }
  if (out.length > 0) await sink(out.take());
}

async function exportType(
  view: View,
  type: EntityType,
  out: JsonBytes,
  options: ExportOptions,
  sink: ExportSink,
): Promise<void> {
  const rows = rowsOf(view, type);
  const ordinals = inOrderOfIds(rows);
  const line = new LineWriter(type, out);
  const { withContent = asTheyAre } = options;
  for (let start = 0; start < ordinals.length; start += ROWS_AT_ONCE) {
    if (options.signal?.aborted === true) throw new OmnigraphError("aborted", "the export was stopped");
    const batch = rows.gather(ordinals.subarray(start, start + ROWS_AT_ONCE));
    for await (const { length, columns } of withContent(type, batch)) {
      line.columns = columns;
      for (let row = 0; row < length; row++) line.write(row);
      if (out.length >= PIECE_BYTES) await sink(out.take());
    }
  }
}

const byName = (a: EntityType, b: EntityType): number => (a.name < b.name ? -1 : 1);

/** The types that an export has, in its order: those of these names, or all. Throws `type_not_found`. */
export function chosenTypes(catalog: Catalog, names: readonly string[] | undefined): readonly EntityType[] {
  const all: readonly EntityType[] = [
    ...[...catalog.nodes.values()].toSorted(byName),
    ...[...catalog.edges.values()].toSorted(byName),
  ];
  if (names === undefined) return all;
  const chosen = new Set<EntityType>();
  for (const name of names) {
    const type = catalog.nodes.get(name) ?? catalog.edgeByLowerName.get(name.toLowerCase());
    if (type === undefined) throw unknownType(name, all);
    chosen.add(type);
  }
  return all.filter((type) => chosen.has(type));
}

function unknownType(name: string, all: readonly EntityType[]): OmnigraphError {
  const meant = didYouMean(
    name,
    all.map((type) => type.name),
    "type",
  );
  const message = `the schema has no type ${clipped(name)}. ${meant}`;
  return new OmnigraphError("type_not_found", message, { details: { type_name: name } });
}

/** Rows are often sorted already, because generated ids ascend in the order of insertion; then this is one pass. */
export function inOrderOfIds(rows: Rows): Uint32Array {
  const ordinals = rows.liveOrdinals();
  for (let i = 1; i < ordinals.length; i++) {
    if (rows.compareIds(ordinals[i - 1]!, ordinals[i]!) > 0)
      return ordinals.slice().sort((a, b) => rows.compareIds(a, b));
  }
  return ordinals;
}

/** Complete rows of one type as lines of an export. */
export function rowLines(type: EntityType, { length, columns }: RowBatch): Uint8Array {
  const out = new JsonBytes();
  const line = new LineWriter(type, out);
  line.columns = columns;
  for (let row = 0; row < length; row++) line.write(row);
  return out.take();
}

/** Writes the lines of one type. The fixed texts between the values are encoded once. */
class LineWriter {
  columns: ReadonlyMap<ColumnKey, Column> = new Map();
  private readonly out: JsonBytes;
  private readonly parts: readonly { readonly before: Uint8Array; readonly key: ColumnKey }[];

  constructor(type: EntityType, out: JsonBytes) {
    this.out = out;
    const properties = type.properties.toSorted((a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
    const values: [string, ColumnKey][] = properties.map(({ name, id }) => [`,${JSON.stringify(name)}:`, id]);
    const name = JSON.stringify(type.name);
    const head: [string, ColumnKey][] =
      type.kind === "node"
        ? [[`{"type":${name},"data":{"id":`, "id"]]
        : [
            [`{"edge":${name},"from":`, "src"],
            [`,"to":`, "dst"],
            [`,"data":{"id":`, "id"],
          ];
    this.parts = [...head, ...values].map(([before, key]) => ({ before: Buffer.from(before), key }));
  }

  write(row: number): void {
    const { out, columns } = this;
    for (const { before, key } of this.parts) {
      out.raw(before);
      out.cell(present(columns.get(key), `column ${key}`), row);
    }
    out.raw(LINE_END);
  }
}

const LINE_END = Buffer.from("}}\n");
