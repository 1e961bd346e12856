import { OmnigraphError } from "@omnigraph/base";
import { idTextIn, type RowBatch, type TypeChanges } from "@omnigraph/storage";
import type { TypeBase } from "./base.ts";
import { Overlay, Segment, type Version } from "./overlay.ts";

/** A type that is ready to be read, as far as it is resident: a base and the overlay of later changes. */
export interface ReadyState {
  readonly base: TypeBase;
  readonly overlay: Overlay | null;
}

export interface ApplyOptions {
  /** Do not append to segments that other views may extend. */
  readonly isPrivate: boolean;
  /** An overlay of more segments than this is flattened before the next one is added. */
  readonly segments: number;
}

/**
 * Finds the ordinal of an entity among the live rows of a base, by its id or its old image: -1 for none, null when that cannot be told without loading
 * anything.
 */
export type BaseLookup = (id: string, former: RowBatch, row: number) => number | null;

/** Applies the changes of one commit to a type. Null, without any effect, when the lookup cannot tell an ordinal. */
export function applyChanges(
  { base, overlay }: ReadyState,
  changes: TypeChanges,
  lookup: BaseLookup,
  { isPrivate, segments }: ApplyOptions,
): Overlay | null {
  const { after, before, updated } = changes;
  const ids: string[] = [];
  const ordinals = new Int32Array(before.length);
  for (let i = 0; i < before.length; i++) {
    const id = idTextIn(before, "id", i);
    ids.push(id);
    const touched = overlay?.ordinalOf(id) ?? -1;
    const ordinal = touched >= 0 ? touched : lookup(id, before, i);
    if (ordinal === null) return null;
    if (ordinal < 0) throw lost(base, id);
    ordinals[i] = ordinal;
  }
  const continues = !isPrivate && overlay !== null && overlay.isNewest;
  const below = continues ? overlay.parent : shallow(overlay, base, segments);
  const segment = continues ? overlay.segment : new Segment(below?.capacity ?? base.capacity);
  for (const [i, id] of ids.entries()) {
    const isUpdate = i < updated;
    segment.append(id, ordinals[i] ?? 0, isUpdate ? after : null, isUpdate ? i : 0, before, i);
  }
  for (let i = updated; i < after.length; i++) {
    const id = idTextIn(after, "id", i);
    segment.append(id, freeOrdinal(segment, below, id), after, i, null, 0);
  }
  return new Overlay(segment, below);
}

/** The ordinal of a new entity: the one that its id had before it was deleted, else a new one. */
function freeOrdinal(segment: Segment, below: Overlay | null, id: string): number {
  const own = segment.ordinals.get(id);
  if (own !== undefined) return own;
  const earlier = below?.ordinalOf(id) ?? -1;
  return earlier >= 0 ? earlier : segment.capacity;
}

function lost(base: TypeBase, id: string): OmnigraphError {
  return new OmnigraphError(
    "internal",
    `invariant broken: a commit changes ${base.type.name} ${id}, which its snapshot lacks`,
  );
}

/** The same overlay with fewer segments than the limit. */
function shallow(overlay: Overlay | null, base: TypeBase, segments: number): Overlay | null {
  return overlay === null || overlay.depth < segments ? overlay : flatten(overlay, base);
}

/** The same overlay as one new segment with one version per ordinal; ends of edges are not resolved. */
export function flatten(overlay: Overlay, base: TypeBase): Overlay {
  const oldest = new Map<number, Version>();
  const newest = new Map<number, Version>();
  for (const { segment, mark } of overlay.layers()) {
    for (let k = 0; k < mark; k++) {
      const version = segment.versions[k];
      if (version === undefined) continue;
      if (!oldest.has(version.ordinal)) oldest.set(version.ordinal, version);
      newest.set(version.ordinal, version);
    }
  }
  const flat = new Segment(base.capacity);
  for (const [ordinal, version] of newest) {
    const { image, row } = version;
    const first = oldest.get(ordinal);
    flat.append(idOf(version), ordinal, image, row, first?.former ?? null, first?.formerRow ?? 0);
  }
  flat.capacity = overlay.capacity;
  return new Overlay(flat, null);
}

/** The id of a version by one of its images; empty where it has none. */
export function idOf({
  image,
  row,
  former,
  formerRow,
}: Omit<Version, "segment" | "position" | "previous" | "ordinal">): string {
  if (image !== null) return idTextIn(image, "id", row);
  return former === null ? "" : idTextIn(former, "id", formerRow);
}

/** Ordinal of a node by id, dead or alive; -1 where there is none. */
export type NodeOrdinal = (id: string) => number;

/** Resolves the ends of every visible edge version that is not resolved yet. */
export function resolveVersions(overlay: Overlay, source: NodeOrdinal, target: NodeOrdinal): void {
  for (const { segment, mark } of overlay.layers()) {
    const { ends, versions } = segment;
    for (let k = ends.resolved; k < mark; k++) {
      const version = versions[k];
      if (version === undefined) return;
      const { image, row, former, formerRow } = version;
      ends.append(
        image === null ? -1 : source(idTextIn(image, "src", row)),
        image === null ? -1 : target(idTextIn(image, "dst", row)),
        former === null ? -1 : source(idTextIn(former, "src", formerRow)),
        former === null ? -1 : target(idTextIn(former, "dst", formerRow)),
      );
    }
  }
}

/** Whether the ends of all visible edge versions are resolved. */
export function isResolved(overlay: Overlay): boolean {
  return (
    overlay.segment.ends.resolved >= overlay.mark && (overlay.parent === null || isResolved(overlay.parent))
  );
}
