import { createHash } from "node:crypto";
import { type JsonObject, OmnigraphError } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { ColumnKey, LayerEntry } from "@omnigraph/storage";
import { unreadable } from "../features.ts";
import { type Fail, Fields, parseJsonBytes } from "../json-fields.ts";
import { follows, joined, rangeFromJson, rangeToJson, type SlotRange } from "./ranges.ts";

/** A part of the rows of a type: a layer, or the changes of a range of commits to the type. */
export type Piece =
  | { readonly kind: "layer"; readonly entry: LayerEntry }
  | { readonly kind: "range"; readonly range: SlotRange };

const LAYER = "layer";
const LAYER_WITH_BLOBS = "layer_with_blobs";

/** By type its pieces in order; later pieces override earlier ones. */
export type Layout = ReadonlyMap<TypeId, readonly Piece[]>;

export const EMPTY_LAYOUT: Layout = new Map();

/** The pieces followed by ranges; a range that continues the last piece is joined with it. */
export function withRanges(pieces: readonly Piece[], ranges: readonly SlotRange[]): readonly Piece[] {
  const result = [...pieces];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last?.kind === "range" && follows(last.range, range)) {
      result[result.length - 1] = { kind: "range", range: joined(last.range, range) };
    } else {
      result.push({ kind: "range", range });
    }
  }
  return result;
}

/** A layout as an object of the store. */
export interface EncodedLayout {
  /** SHA-256 of the bytes, hex: the object's name. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

export function layoutKey(hash: string): string {
  return `__manifest/layouts/${hash}.json`;
}

/** The bytes of a layout, equal for equal layouts; null for the empty one, which has no object. */
export function encodeLayout(layout: Layout): EncodedLayout | null {
  if (layout.size === 0) return null;
  const types = [...layout].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const json = { types: Object.fromEntries(types.map(([type, pieces]) => [type, pieces.map(pieceToJson)])) };
  typesFrom(json, unreadable("layout"));
  const bytes = Buffer.from(JSON.stringify(json));
  return { hash: createHash("sha256").update(bytes).digest("hex"), bytes };
}

/** Reads a layout object. Throws `object_corrupt` with its place, also where its bytes do not have the hash that names it. */
export function decodeLayout(bytes: Uint8Array, hash: string, store: string): Layout {
  const place = `${store}/${layoutKey(hash)}`;
  const fail: Fail = (problem) => {
    throw new OmnigraphError(
      "object_corrupt",
      `the layout ${place} is damaged: ${problem}; restore it from a backup`,
      {
        details: { place },
      },
    );
  };
  if (createHash("sha256").update(bytes).digest("hex") !== hash)
    fail("its bytes have another SHA-256 than its name says");
  return typesFrom(parseJsonBytes(bytes), fail);
}

function typesFrom(json: unknown, fail: Fail): Layout {
  const types = new Fields(json, "layout", fail).fields("types");
  return new Map(
    types.names().map((type) => [
      // Cast: type ids of a layout are opaque here; the catalog knows them.
      type as TypeId,
      types.list(type).map((piece, i) => pieceFromJson(piece, `types.${type}[${i}]`, fail)),
    ]),
  );
}

export function entryToJson(entry: LayerEntry): JsonObject {
  const { staging, type, version, rows, tombstones, columns, blobs = 0, indexes = [] } = entry;
  const json = { staging, type, version, rows, gone: tombstones, columns };
  return { ...json, ...(blobs === 0 ? {} : { blobs }), ...(indexes.length === 0 ? {} : { indexes }) };
}

export function entryFromJson(value: unknown, where: string, fail: Fail): LayerEntry {
  const fields = new Fields(value, where, fail);
  // Cast: keys of columns are opaque here.
  const indexes =
    fields.raw("indexes") === undefined ? [] : (fields.texts("indexes") as readonly ColumnKey[]);
  return {
    staging: fields.text("staging"),
    // Cast: as above.
    type: fields.text("type") as TypeId,
    version: fields.count("version"),
    rows: fields.count("rows"),
    tombstones: fields.count("gone"),
    columns: fields.fields("columns").textMembers(),
    ...(fields.raw("blobs") === undefined ? {} : { blobs: fields.count("blobs") }),
    ...(indexes.length === 0 ? {} : { indexes }),
  };
}

export function pieceToJson(piece: Piece): JsonObject {
  if (piece.kind === "range") return { range: rangeToJson(piece.range) };
  const { entry } = piece;
  // Versions that know no blobs would lose them by their next fold: they find no piece here, and refuse the layout.
  return { [entry.blobs === undefined ? LAYER : LAYER_WITH_BLOBS]: entryToJson(entry) };
}

export function pieceFromJson(value: unknown, where: string, fail: Fail): Piece {
  const fields = new Fields(value, where, fail);
  const layer = fields.raw(LAYER) ?? fields.raw(LAYER_WITH_BLOBS);
  if (layer !== undefined) return { kind: "layer", entry: entryFromJson(layer, `${where}.layer`, fail) };
  return { kind: "range", range: rangeFromJson(fields.raw("range"), `${where}.range`, fail) };
}
