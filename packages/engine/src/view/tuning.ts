/** Where a view changes its ways; they decide speed, never answers. */
export interface Tuning {
  /** Changed rows that may always lie over a base before they are folded into it. */
  readonly overlayRows: number;
  /** Ids that are looked up one by one in a layer's stored index; for more the key table is loaded. */
  readonly fewIds: number;
  /** Bases of fewer ordinals are never renumbered. */
  readonly compactedRows: number;
  /** Overlays of more segments are put together before another goes on top. */
  readonly segments: number;
  /** So many commits on a type that cannot be laid over its base are put together. */
  readonly pendingCommits: number;
  /** A commit of more rows than this waits until somebody reads the type: whoever goes on from the view may not. */
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

/** How many changed rows may lie over a base: so many that folding them costs little a row. */
export function overlayLimit(baseRows: number, { overlayRows }: Tuning): number {
  return Math.max(overlayRows, baseRows >>> 3);
}
