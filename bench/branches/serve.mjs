// The frame of a contestant on branches that runs in Node; `dolt_contestant.py` answers the same calls by lines.
import { extraPeak } from "./memory.mjs";

/**
 * `contestant`: { open(folder, rows), reopen(folder), crowd(count), disperse(count), prepare(workload, facts, round) → { run, result?, end } , close() }.
 * `run` alone is timed; `floor` of what was prepared is timed right before it.
 */
export function serve(contestant) {
  const timed = async (action) => {
    const began = performance.now();
    await action();
    return performance.now() - began;
  };
  const calls = {
    open: (...args) => contestant.open(...args),
    reopen: (...args) => contestant.reopen(...args),
    /** Makes branches that stay, until they disperse. */
    crowd: (count) => contestant.crowd(count),
    disperse: (count) => contestant.disperse(count),
    async answer(workload, facts) {
      const prepared = await contestant.prepare(workload, facts, 0);
      await prepared.run();
      const result = await prepared.result();
      await prepared.end();
      return result;
    },
    async time(workload, facts, from, count) {
      const samples = { own: [], floor: [] };
      for (let round = from; round < from + count; round++) {
        const { run, floor, end } = await contestant.prepare(workload, facts, round);
        if (floor !== undefined) samples.floor.push(await timed(floor));
        samples.own.push(await timed(run));
        await end();
      }
      return samples;
    },
    /** Leaves what a merge needs in the store, for a process that opens it afresh. */
    async leave(facts, round) {
      await contestant.prepare("merge", facts, round);
      return null;
    },
    /** Extra memory of a merge in this process; `isLeft` merges what another process left. */
    async memory(facts, round, isLeft) {
      const { run } = isLeft
        ? contestant.left(facts, round)
        : await contestant.prepare("merge", facts, round);
      return extraPeak(run);
    },
    async end() {
      await contestant.close();
      setTimeout(() => process.exit(0), 10);
      return null;
    },
  };
  process.on("message", async ({ id, call, args }) => {
    try {
      process.send({ id, value: await calls[call](...args) });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
}
