/**
 * The neighbours that a traversal reaches from one node. `open` sets the list: the nodes are targets[start, end), with their edges at the same indexes
 * of `edges` where the traversal is by edge. The list is valid until the next `open`, `count` or `reaches`.
 */
export interface Neighbours {
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  readonly start: number;
  readonly end: number;
  open(node: number): void;
  /** The length of the list of a node. */
  count(node: number): number;
  /** Whether another node is in the list of a node. */
  reaches(node: number, other: number): boolean;
}

/** Whether an ordinal is in list[start, end). */
export function listed(list: Uint32Array, start: number, end: number, ordinal: number): boolean {
  for (let i = start; i < end; i++) if (list[i] === ordinal) return true;
  return false;
}
