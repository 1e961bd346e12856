import type { SimulatedTraits } from "../../support/simulation/objects.ts";
import type { Upkeep } from "./actors/actors.ts";
import { migratesOf, type Size, upkeepOf, WHOLE } from "./options.ts";
import { fillsOf } from "./room.ts";
import { simulate } from "./run.ts";

/** A run that showed a violation: as plain data, so that it can be kept as a file. */
export interface Repro {
  readonly seed: number;
  readonly size: Size;
  readonly traits: SimulatedTraits;
  readonly upkeep: Upkeep;
  readonly fills: boolean;
  readonly migrates: boolean;
}

/** The smallest run of a seed that still shows a violation: with the fewest strikes, and then the fewest writes. */
export async function shrunk(
  seed: number,
  traits: SimulatedTraits,
  migrates = migratesOf(seed),
): Promise<Repro> {
  const how = { traits, upkeep: upkeepOf(seed), fills: fillsOf(seed), migrates };
  const fails = async (size: Size): Promise<boolean> =>
    (await simulate(seed, { size, ...how })).violation !== null;
  let size = WHOLE;
  for (let steps = 0; steps < WHOLE.steps; steps++)
    if (await fails({ ...size, steps })) {
      size = { ...size, steps };
      break;
    }
  for (let less = size.writes >> 1; less > 0; less >>= 1)
    while (size.writes > less && (await fails({ ...size, writes: size.writes - less })))
      size = { ...size, writes: size.writes - less };
  return { seed, size, ...how };
}
