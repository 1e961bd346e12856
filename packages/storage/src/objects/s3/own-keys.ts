/** Keys below the root of a store that are the store's own, no objects of a graph: no listing shows them. */
export const OWN = ".omnigraph/";

/** Says that the store was proved: see `proof.ts`. */
export const PROVED = `${OWN}proved.json`;

/** Whether a name consists of characters that every server lists as they are: printable ASCII. */
export function isFit(name: string): boolean {
  return /^[ -~]*$/.test(name);
}
