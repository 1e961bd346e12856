import type { SimulatedTraits } from "@omnigraph/storage";

/** Every kind of store that a run may have. */
export const TRAITS: readonly SimulatedTraits[] = [
  { ordered: true, apart: false },
  { ordered: false, apart: false },
  { ordered: true, apart: true },
  { ordered: false, apart: true },
];

/** The kind of store that a seed has: independent of whether it is even, which decides on other things. */
export function traitsOf(seed: number): SimulatedTraits {
  return TRAITS[Math.floor(seed / 2) % TRAITS.length] ?? {};
}
