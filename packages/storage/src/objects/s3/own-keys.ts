/** Keys below the root of a store that are the store's own, no objects of a graph: no listing shows them. */
export const OWN = ".omnigraph/";

/** Says that the store was proved: see `proof.ts`. */
export const PROVED = `${OWN}proved.json`;
