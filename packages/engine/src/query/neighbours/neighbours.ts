/**
 * The neighbours that a traversal reaches from one node. `open` sets the list, or the first part of it: the nodes are targets[start, end), with their
 * edges at the same indexes of `edges` where the traversal is by edge. `more` sets the next part. A part is valid until the next call.
 */
export interface Neighbours {
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  readonly start: number;
  readonly end: number;
  open(node: number): void;
  /** Sets the next part of the list of the open node, which may be empty; false when there is none. Each part is a bounded amount of work. */
  more(): boolean;
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
