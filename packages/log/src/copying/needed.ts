import type { LayerEntry } from "@omnigraph/storage";
import { addressOf, type LogId } from "../address.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import type { Layout, Piece } from "../layout/layout.ts";

/** A slot of a log, with all before it. */
export interface Reach {
  readonly logId: LogId;
  readonly slot: number;
}

/** What an object of the log names, and is of no use without. */
export interface Needed {
  readonly logs: readonly Reach[];
  readonly layouts: readonly string[];
  readonly schemas: readonly string[];
  readonly layers: readonly LayerEntry[];
}

export function neededBy({ commits }: CommitObject): Needed {
  const logs: Reach[] = [];
  for (const { header } of commits) {
    for (const id of header.parents) {
      const address = addressOf(id);
      if (address !== null) logs.push(address);
    }
    for (const { logId, to } of header.tail) logs.push({ logId, slot: to });
  }
  return {
    logs,
    layouts: commits.flatMap(({ header }) => (header.layout === null ? [] : [header.layout])),
    schemas: commits.map(({ header }) => header.schema),
    layers: commits.flatMap(layersOf),
  };
}

/** What a layout names. */
export function neededByLayout(layout: Layout): Pick<Needed, "logs" | "layers"> {
  return neededByPieces([...layout.values()].flat());
}

function layersOf({ changes }: CommitRecord): readonly LayerEntry[] {
  if (changes.kind === "layers") return changes.layers;
  if (changes.kind === "fold") return changes.runs.flatMap(({ layer }) => (layer === null ? [] : [layer]));
  return [];
}

function neededByPieces(pieces: readonly Piece[]): Pick<Needed, "logs" | "layers"> {
  return {
    logs: pieces.flatMap((piece) =>
      piece.kind === "range" ? [{ logId: piece.range.logId, slot: piece.range.to }] : [],
    ),
    layers: pieces.flatMap((piece) => (piece.kind === "layer" ? [piece.entry] : [])),
  };
}
