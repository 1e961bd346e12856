/**
 * What a traversal reaches from one node. `open` sets the list: the nodes reached are targets[start, end), with the edges beside in
 * `edges` where the traversal is by edge. The list holds until the next `open`, `count` or `reaches`.
 */
export interface Neighbours {
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  readonly start: number;
  readonly end: number;
  open(node: number): void;
  /** How long the list of a node is. */
  count(node: number): number;
  /** Whether the list of a node holds another. */
  reaches(node: number, other: number): boolean;
}

/** Whether list[start, end) holds an ordinal. */
export function listed(list: Uint32Array, start: number, end: number, ordinal: number): boolean {
  for (let i = start; i < end; i++) if (list[i] === ordinal) return true;
  return false;
}
