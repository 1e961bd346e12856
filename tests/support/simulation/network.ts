import type { SeededRandom } from "./seeded-random.ts";

/** One call of a simulated process to the store. */
export interface SimulatedCall {
  readonly process: string;
  readonly operation:
    | "get"
    | "range"
    | "exists"
    | "put"
    | "putIfAbsent"
    | "putIfMatch"
    | "sync"
    | "list"
    | "delete"
    | "deletePrefix";
  /** The key, or the prefix. */
  readonly key: string;
}

/** What becomes of a call. All times are milliseconds of virtual time. */
export type CallPlan =
  /** It happens after `delayMs`, and `answerMs` later its answer arrives. Where the request is repeated, the caller hears the answer to the second. */
  | {
      readonly fate: "answered";
      readonly delayMs: number;
      readonly answerMs: number;
      readonly repeatMs: number | null;
    }
  /** It happens, but the answer is lost: the caller gives up `timeoutMs` after the call. */
  | { readonly fate: "lost"; readonly delayMs: number; readonly timeoutMs: number }
  /** The caller gives up after `timeoutMs`; it happens `lateMs` after that. */
  | { readonly fate: "late"; readonly timeoutMs: number; readonly lateMs: number }
  /** It never happens; after `delayMs` the store says that it could not. */
  | { readonly fate: "refused"; readonly delayMs: number }
  /** After `delayMs` the store says that there is no room. `isHeld`: what is put if absent and durable is there all the same, and could not be synced. */
  | { readonly fate: "full"; readonly delayMs: number; readonly isHeld: boolean };

/** Decides the fate of every call, in the order in which they are made. */
export interface SimulatedNetwork {
  plan(call: SimulatedCall): CallPlan;
}

/** Every call happens at once and is answered at once, in order. */
export const calmNetwork: SimulatedNetwork = {
  plan: () => ({ fate: "answered", delayMs: 0, answerMs: 0, repeatMs: null }),
};

/** Probabilities of what can befall a call, and its mean delay one way. */
export interface NetworkWeather {
  readonly lost: number;
  readonly late: number;
  readonly refused: number;
  readonly repeated: number;
  readonly delayMs: number;
  /** Most of how long after its caller gave up a late call happens. */
  readonly lateMs: number;
  /** How long a caller waits. */
  readonly timeoutMs: number;
}

/** A network that a seed steers: delays spread widely, so that calls overtake each other. */
export function seededNetwork(random: SeededRandom, weather: NetworkWeather): SimulatedNetwork {
  const delay = (): number => -Math.log(1 - random.next()) * weather.delayMs;
  return {
    plan: () => {
      const { timeoutMs } = weather;
      let roll = random.next();
      if ((roll -= weather.lost) < 0)
        return { fate: "lost", delayMs: Math.min(delay(), timeoutMs), timeoutMs };
      if ((roll -= weather.late) < 0)
        return { fate: "late", timeoutMs, lateMs: random.next() * weather.lateMs };
      if ((roll -= weather.refused) < 0) return { fate: "refused", delayMs: delay() };
      const repeatMs = roll < weather.repeated ? delay() : null;
      return { fate: "answered", delayMs: delay(), answerMs: delay(), repeatMs };
    },
  };
}
