import fc from "fast-check";
import { historyWrite } from "../../oracle/random-history.ts";
import type { Write } from "../../oracle/random-writes.ts";

const name = fc.constantFrom("ann", "bob", "cyd");
const text = fc.constantFrom("a", "b");
const mood = fc.constantFrom("glad", "sad");
const age = fc.integer({ min: 1, max: 3 });
const place = fc.constantFrom("x", "y", "z");

/** Each reads something that others change, so that who loses a slot must look again. */
const CONTENDED = [
  "query q($name: String, $age: I32) { update Person set { age: $age } where name = $name }",
  "query q($age: I32, $mood: String) { update Person set { mood: $mood } where age = $age }",
  "query q($name: String, $email: String) { insert Person { name: $name, email: $email } }",
  "query q($name: String, $email: String) { update Person set { email: $email } where name = $name }",
  "query q($name: String) { delete Person where name = $name }",
  "query q($mood: String) { delete Person where mood = $mood }",
  "query q($place: String) { delete Likes where to = $place }",
] as const;

const parameters = fc.record({ name, email: text, age, mood, place });

/** A mutation with parameters: those of the text that are declared. */
const withParameters: fc.Arbitrary<Write> = fc
  .tuple(fc.constantFrom(...CONTENDED), parameters)
  .map(([source, given]): Write => {
    const declared = Object.entries(given).filter(([key]) => source.includes(`$${key}:`));
    return { kind: "mutate", source, parameters: Object.fromEntries(declared) };
  });

const write = fc.oneof({ weight: 1, arbitrary: withParameters }, { weight: 2, arbitrary: historyWrite });

/** So many writes, as the seed says: every constraint on a handful of ids, so that writers conflict all the time. */
export function drawWrites(seed: number, count: number): readonly Write[] {
  return fc.sample(write, { seed, numRuns: count });
}
