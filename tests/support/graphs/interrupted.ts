import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, systemEnvironment } from "@omnigraph/base";
import { type GraphParts, Omnigraph } from "omnigraph";
import { type STEPS, stopping } from "../../crash/stopping.mjs";

/** Surroundings in which a wait is over at once: the process that stands still is this one, so only its missing beat tells that it is gone. */
export function patient(): Environment {
  const { clock, random } = systemEnvironment;
  let passedMs = 0;
  return {
    random,
    clock: {
      nowMicros: () => clock.nowMicros(),
      monotonicMs: () => clock.monotonicMs() + passedMs,
      sleep: async (ms, signal, options) => {
        // What is done now and then is none of what is waited for here.
        if (options?.mayEnd === true) return clock.sleep(ms, signal, options);
        await sleep(1);
        passedMs += ms;
      },
    },
  };
}

/** Does a write that stands still at a step of its staging, for ever. */
export async function standsStill(
  parts: GraphParts,
  write: (graph: Omnigraph) => Promise<unknown>,
  step: keyof typeof STEPS,
): Promise<void> {
  await new Promise<void>((there, fail) => {
    const stopped = Omnigraph.openWith(stopping(parts, step, there), { inlineRows: 0, maintenance: "off" });
    stopped.then(write).then(() => fail(new Error("it went on")), fail);
  });
}
