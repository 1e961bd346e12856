import type { SimulatedTraits } from "../support/simulation/objects.ts";

/** Every kind of store that a run may have: a disk lists in no order and notices when its root is replaced, a bucket neither. */
export const TRAITS: readonly SimulatedTraits[] = [
  { ordered: true, noticesReplacement: false, apart: false },
  { ordered: false, noticesReplacement: true, apart: false },
  { ordered: true, noticesReplacement: false, apart: true },
  { ordered: false, noticesReplacement: true, apart: true },
];

/** The kind of store that a seed has: independent of whether it is even, which decides on other things. */
export function traitsOf(seed: number): SimulatedTraits {
  return TRAITS[Math.floor(seed / 2) % TRAITS.length] ?? {};
}
