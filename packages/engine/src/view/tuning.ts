/** Thresholds of views; they affect speed, never answers. */
export interface Tuning {
  /** Up to this many changed rows are never folded into the base. */
  readonly overlayRows: number;
  /** Up to this many ids are looked up one by one in the stored index of a layer; for more the key table is loaded. */
  readonly fewIds: number;
  /** Bases of fewer ordinals are never renumbered. */
  readonly compactedRows: number;
  /** An overlay of more segments than this is flattened before the next one is added. */
  readonly segments: number;
  /** This many pending commits on a type are composed to a group. */
  readonly pendingCommits: number;
  /** A commit of more rows than this stays pending until the type is read, which may never happen. */
  readonly eagerRows: number;
}

export const TUNING: Tuning = {
  overlayRows: 4096,
  fewIds: 32,
  compactedRows: 8192,
  segments: 8,
  pendingCommits: 1024,
  eagerRows: 256,
};

/** How many changed rows an overlay may have, so that folding costs little per row. */
export function overlayLimit(baseRows: number, { overlayRows }: Tuning): number {
  return Math.max(overlayRows, baseRows >>> 3);
}
