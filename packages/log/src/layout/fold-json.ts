import type { JsonObject } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { type CommitAddress, isLogId } from "../address.ts";
import { type Fail, Fields } from "../json-fields.ts";
import type { Fold, FoldedRun } from "./fold.ts";
import { entryFromJson, entryToJson, pieceFromJson, pieceToJson } from "./layout.ts";

/** A fold as it stands in the header of a commit object. */
export function foldToJson({ runs, through }: Fold): JsonObject {
  return {
    runs: runs.map(({ type, pieces, layer }) => ({
      type,
      pieces: pieces.map(pieceToJson),
      layer: layer === null ? null : entryToJson(layer),
    })),
    through: through === null ? null : { log: through.logId, slot: through.slot, index: through.index },
  };
}

/** Reads a fold from the members of what holds it. */
export function foldFromJson(fields: Fields, where: string, fail: Fail): Fold {
  const runs = fields
    .list("runs")
    .map((run, i) => runFrom(new Fields(run, `${where}.runs[${i}]`, fail), `${where}.runs[${i}]`, fail));
  if (new Set(runs.map(({ type }) => type)).size < runs.length) fail(`${where} folds a type twice`);
  const through = fields.raw("through");
  return { runs, through: through === null ? null : addressFrom(fields.fields("through"), where, fail) };
}

function runFrom(fields: Fields, where: string, fail: Fail): FoldedRun {
  // Cast: type ids are opaque here; the catalog knows them.
  const type = fields.text("type") as TypeId;
  const pieces = fields.list("pieces").map((piece, i) => pieceFromJson(piece, `${where}.pieces[${i}]`, fail));
  if (pieces.length === 0) fail(`${where} folds nothing`);
  const layer = fields.raw("layer");
  return { type, pieces, layer: layer === null ? null : entryFromJson(layer, `${where}.layer`, fail) };
}

function addressFrom(fields: Fields, where: string, fail: Fail): CommitAddress {
  const logId = fields.text("log");
  if (!isLogId(logId)) return fail(`${where}.through.log is no id of a log`);
  return { logId, slot: fields.count("slot"), index: fields.count("index") };
}
