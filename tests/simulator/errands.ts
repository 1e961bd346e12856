import { encodeUlid } from "@omnigraph/base";
import type { Errand } from "./actor.ts";
import type { Request } from "./graph-model.ts";
import type { SeededRandom } from "../support/simulation/seeded-random.ts";

/** What the clients of one run are to do: few keys, so that they meet. Errands without a name get their op from the process that runs them. */
export function errands(
  random: SeededRandom,
  { count, relaxed }: { readonly count: number; readonly relaxed: boolean },
): Errand[] {
  const keys = 2 + random.integer(5);
  return Array.from({ length: count }, (_, i) => {
    const named = random.chance(0.5);
    return {
      op: named ? encodeUlid(random.bytes(16).map((byte, at) => (at === 0 ? byte & 0x7f : byte))) : "",
      named,
      request: request(random, keys, i),
      durable: !relaxed || random.chance(0.5),
      conditional: random.chance(0.1),
    };
  });
}

function request(random: SeededRandom, keys: number, number: number): Request {
  const key = (): string => `k${random.integer(keys)}`;
  const entries = (): readonly (readonly [string, number])[] => {
    const chosen = new Set(Array.from({ length: 1 + random.integer(3) }, key));
    return [...chosen].map((each) => [each, number * 1000 + random.integer(1000)] as const);
  };
  const roll = random.next();
  if (roll < 0.3)
    return { kind: "add", keys: [...new Set([key(), key()])], by: 1, again: random.chance(0.5) };
  if (roll < 0.5) return { kind: "set", key: key(), value: number * 1000 };
  if (roll < 0.6) return { kind: "insert", key: key(), value: number * 1000 };
  if (roll < 0.78) return { kind: "connect", edge: `e${number}`, src: key(), dst: key() };
  if (roll < 0.9) return { kind: "remove", key: key() };
  if (roll < 0.97) return { kind: "merge", entries: entries() };
  return { kind: "overwrite", entries: entries() };
}
