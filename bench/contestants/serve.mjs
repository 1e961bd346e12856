// The frame of a contestant: answers and timings by message, one process each.
import { canonical, peakMemory, time } from "../measure.mjs";

/** `contestant`: { load(file), ask(workload, handle) → rows or a promise, extras? } */
export function serve(contestant) {
  process.on("message", async ({ id, call, args }) => {
    try {
      process.send({ id, value: await calls[call](...args) });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
  const calls = {
    load: (file, folder) => contestant.load(file, folder),
    answer: async (workload, handle) => canonical(await contestant.ask(workload, handle)),
    time: async (workload, handles, options) =>
      time((i) => contestant.ask(workload, handles[i % handles.length]), options),
    extra: (name, ...args) => contestant.extras[name](...args),
    memory: () => peakMemory(),
    /** Milliseconds of processor time of all threads so far. */
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    end: async () => {
      await contestant.close?.();
      setTimeout(() => process.exit(0), 10);
      return null;
    },
  };
}
