import type { SimulatedTraits } from "../../support/simulation/objects.ts";
import { SeededRandom } from "../../support/simulation/seeded-random.ts";
import type { Upkeep } from "./actors/actors.ts";
import type { EngineBug } from "./bugs.ts";

/** How much of a run there is, for shrinking one: strikes of the world, and writes for its clients. */
export interface Size {
  readonly steps: number;
  readonly writes: number;
}

export const WHOLE: Size = { steps: 10, writes: 120 };

export interface RunOptions {
  readonly bug?: EngineBug | null;
  /** Default: that of the seed. */
  readonly traits?: SimulatedTraits;
  readonly size?: Size;
  /** Whether clients look after the graph. Default: as the seed says. */
  readonly upkeep?: Upkeep;
  /** Whether the disk is full now and then. Default: as the seed says. */
  readonly fills?: boolean;
  /** Whether clients give branches other schemas. Default: as the seed says. */
  readonly migrates?: boolean;
}

/** How clients of the run of a seed look after the graph. */
export function upkeepOf(seed: number): Upkeep {
  const random = new SeededRandom(seed + 5_000_011);
  if (random.chance(0.5)) return "none";
  const upkeep = random.chance(0.3) ? "hasty" : random.chance(0.5) ? "cleaned" : "kept";
  return random.chance(0.4) ? "tended" : upkeep;
}

/** Whether clients of the run of a seed give branches other schemas. */
export function migratesOf(seed: number): boolean {
  return new SeededRandom(seed + 8_000_009).chance(0.2);
}
