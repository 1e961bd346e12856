import type { EntityType } from "@omnigraph/language";
import {
  bitAt,
  bitBytes,
  type Column,
  type ColumnKey,
  columnSpecs,
  concat,
  constantColumn,
  type RowBatch,
  setBits,
  take,
  takeColumn,
  asIdTexts,
} from "@omnigraph/storage";
import { DistanceKernel } from "../search/vectors/kernel.ts";
import { EdgeBase, type NodeFinder, TypeBase } from "./base.ts";
import type { Memory } from "./memory-pool.ts";
import type { Overlay, Version } from "./overlay.ts";
import { joinColumns, type Part, Parts } from "./parts.ts";
import { pickRows } from "../change-set/picks.ts";

/**
 * Folds an overlay into its base: a new base. Ordinals do not change; deleted ones remain as dead ones. With `carry` the structures that were resident
 * are made resident again, which costs as much as making them.
 */
export function foldOverlay(
  base: TypeBase,
  overlay: Overlay,
  memory: Memory,
  nodes: NodeFinder,
  carry: boolean,
): TypeBase {
  const versions = [...overlay.visible()].toSorted((a, b) => a.ordinal - b.ordinal);
  const images = lastImages(base, versions);
  const live = liveBits(base, overlay.capacity, versions);
  const folded = baseOf(foldedParts(base, overlay.capacity, versions, images), live, memory, nodes);
  if (!carry) return folded;
  carryColumns(base, folded, versions, images);
  if (base instanceof EdgeBase && folded instanceof EdgeBase) carryEnds(base, folded, versions);
  return folded;
}

/** A base with the same live rows under new ordinals without gaps; nothing of it is resident. */
export function compacted(base: TypeBase, memory: Memory, nodes: NodeFinder): TypeBase {
  const rows = base.liveOrdinals().map((ordinal) => base.parts.rows?.[ordinal] ?? ordinal);
  return baseOf(new Parts(base.type, base.parts.parts, rows), null, memory, nodes);
}

/** A base without resident structures. */
export function baseOf(parts: Parts, live: Uint8Array | null, memory: Memory, nodes: NodeFinder): TypeBase {
  return parts.type.kind === "edge"
    ? new EdgeBase(parts.type, parts, live, memory, nodes)
    : new TypeBase(parts, live, memory);
}

/** The images of the live versions, in their order. */
function lastImages(base: TypeBase, versions: readonly Version[]): RowBatch {
  const picks = versions.flatMap(({ image, row }) => (image === null ? [] : [{ batch: image, row }]));
  return pickRows(base.type, picks);
}

function liveBits(base: TypeBase, capacity: number, versions: readonly Version[]): Uint8Array | null {
  const live = new Uint8Array(bitBytes(capacity));
  if (base.live === null) setBits(live, 0, base.capacity);
  else live.set(base.live);
  let dead = base.capacity - base.size;
  for (const { ordinal, image } of versions) {
    const bit = 1 << (ordinal & 7);
    const byte = ordinal >>> 3;
    const was = ordinal >= base.capacity ? null : base.isLive(ordinal);
    if (image === null) live[byte] = (live[byte] ?? 0) & ~bit;
    else live[byte] = (live[byte] ?? 0) | bit;
    dead += (image === null ? 1 : 0) - (was === false ? 1 : 0);
  }
  return dead === 0 ? null : live;
}

/** The old parts with the images appended. */
function foldedParts(
  { parts, live }: { readonly parts: Parts; readonly live: Uint8Array | null },
  capacity: number,
  versions: readonly Version[],
  images: RowBatch,
): Parts {
  const rows = new Uint32Array(capacity);
  for (let o = 0; o < parts.capacity; o++) {
    if (live === null || bitAt(live, o)) rows[o] = parts.rows?.[o] ?? o;
  }
  let next = parts.total;
  for (const { ordinal, image } of versions) rows[ordinal] = image === null ? 0 : next++;
  const all: readonly Part[] = [...parts.parts, { kind: "batch", length: images.length, batch: images }];
  return withoutUnused(new Parts(parts.type, all, null), rows);
}

/** The parts without in-memory rows that no ordinal refers to; neighbouring batches are joined. */
function withoutUnused({ type, parts, total }: Parts, rows: Uint32Array): Parts {
  const used = new Uint8Array(total);
  for (const row of rows) used[row] = 1;
  const moved = new Uint32Array(total);
  const kept: Part[] = [];
  let start = 0;
  let next = 0;
  for (const part of parts) {
    const picks: number[] = [];
    for (let k = 0; k < part.length; k++) {
      if (part.kind === "batch" && used[start + k] === 0) continue;
      moved[start + k] = next++;
      if (part.kind === "batch") picks.push(k);
    }
    start += part.length;
    if (part.kind === "layer") kept.push(part);
    else if (picks.length > 0) appendBatch(kept, take(part.batch, picks), type);
  }
  return new Parts(
    type,
    kept,
    rows.map((row) => moved[row] ?? 0),
  );
}

function appendBatch(parts: Part[], batch: RowBatch, type: EntityType): void {
  const last = parts.at(-1);
  if (last?.kind !== "batch") {
    parts.push({ kind: "batch", length: batch.length, batch });
    return;
  }
  const joined = concat([last.batch, batch], columnSpecs(type));
  parts[parts.length - 1] = { kind: "batch", length: joined.length, batch: joined };
}

/** Makes the columns resident that were: the old columns with the images at their ordinals. */
function carryColumns(
  base: TypeBase,
  folded: TypeBase,
  versions: readonly Version[],
  images: RowBatch,
): void {
  const places = new Uint32Array(folded.capacity);
  for (let o = 0; o < base.capacity; o++) places[o] = o;
  let next = base.capacity;
  for (const { ordinal, image } of versions) places[ordinal] = image === null ? 0 : next++;
  const specs = columnSpecs(base.type);
  const carried = (key: ColumnKey, column: Column): Column => {
    const { type, fill } = specs(key);
    const added = images.columns.get(key) ?? constantColumn(type, fill, images.length);
    const all = joinColumns([column, added]);
    return all.length === 0 ? constantColumn(type, null, folded.capacity) : takeColumn(all, places);
  };
  for (const [key, column] of base.residentColumns())
    folded.column(key).set(DistanceKernel.holding(carried(key, column)));
  const ids = base.ids.value;
  if (ids === null || ids.kind === "paged") return;
  const carriedIds = asIdTexts(carried("id", ids));
  folded.ids.set(carriedIds);
  if (base.keys.isResident) folded.keys.set(folded.keyTable(carriedIds));
}

/** Makes the ends and the adjacency resident that were, if the ends of all versions are resolved. */
function carryEnds(base: EdgeBase, folded: EdgeBase, versions: readonly Version[]): void {
  const old = base.residentEnds();
  if (old === null || !versions.every(({ segment, position }) => position < segment.ends.resolved)) return;
  const sources = new Int32Array(folded.capacity).fill(-1);
  const targets = new Int32Array(folded.capacity).fill(-1);
  sources.set(old.sources);
  targets.set(old.targets);
  for (const { ordinal, segment, position } of versions) {
    sources[ordinal] = segment.ends.sources[position] ?? -1;
    targets[ordinal] = segment.ends.targets[position] ?? -1;
  }
  if (base.ends.isResident) folded.ends.set({ sources, targets });
  if (base.out.isResident) folded.out.set(folded.csr({ sources, targets }, "out"));
  if (base.in.isResident) folded.in.set(folded.csr({ sources, targets }, "in"));
}
