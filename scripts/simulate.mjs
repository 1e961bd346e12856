// Runs the simulator over many seeds, by as many processes as there are processors: npm run simulate -- --seeds 2000 --from 1. With --log that of
// the log alone; with --migrates schemas change in every run. What fails is kept, and every test run replays it: of the library the shrunk run in tests/simulator/repros, of the log the seed in seeds.json.
import { fork } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadSimulator } from "./simulator-modules.mjs";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    jobs: { type: "string", default: String(availableParallelism()) },
    log: { type: "boolean", default: false },
    migrates: { type: "boolean", default: false },
    worker: { type: "boolean", default: false },
  },
});
const [from, count, jobs] = [values.from, values.seeds, values.jobs].map(Number);
if (![from, count, jobs].every(Number.isSafeInteger) || count < 1 || jobs < 1) {
  console.error(
    "usage: npm run simulate -- [--log | --migrates] [--seeds <count>] [--from <seed>] [--jobs <processes>]",
  );
  process.exit(2);
}
const repros = new URL("../tests/simulator/repros/", import.meta.url);
const kept = new URL("../tests/simulator/seeds.json", import.meta.url);

await (values.worker ? work() : direct());

/** Plays the seeds that it is sent, one by one, until there are none. */
async function work() {
  const modules = await loadSimulator();
  const { simulate } = values.log ? await modules.load("run.ts") : await modules.load("engine/run.ts");
  const { shrunk } = await modules.load("engine/shrink.ts");
  const { traitsOf } = await modules.load("traits.ts");
  process.send({ ready: true });
  for await (const seed of messages()) {
    const options = values.migrates ? { migrates: true } : {};
    const { violation, totals } = await simulate(seed, options);
    const repro =
      violation === null || values.log ? null : await shrunk(seed, traitsOf(seed), options.migrates);
    process.send({ seed, violation, totals, repro });
  }
  await modules.close();
}

/** What the parent sends, until null. */
async function* messages() {
  for (;;) {
    const seed = await new Promise((resolve) => process.once("message", resolve));
    if (seed === null) return process.disconnect();
    yield seed;
  }
}

/** Hands the seeds to workers, and keeps what fails. */
async function direct() {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  const totals = {};
  const failed = [];
  let next = from;
  let done = 0;
  const take = ({ seed, violation, totals: own, repro }) => {
    for (const [name, value] of Object.entries(own)) totals[name] = (totals[name] ?? 0) + value;
    if (violation !== null) {
      failed.push(seed);
      console.error(`seed ${seed}: ${violation}`);
      if (repro !== null) keepRepro(repro);
    }
    if (++done % 100 === 0)
      console.error(`${done} of ${count} seeds, ${failed.length} violations, ${seconds()} s`);
  };
  const run = () =>
    new Promise((resolve, reject) => {
      const worker = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), "--worker"]);
      worker.on("message", (message) => {
        if (message.ready !== true) take(message);
        worker.send(next < from + count ? next++ : null);
      });
      worker.on("error", reject);
      worker.on("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`a process ended with ${code}`)),
      );
    });
  await Promise.all(Array.from({ length: Math.min(jobs, count) }, run));
  if (values.log && failed.length > 0) keepSeeds(failed);
  console.log(`${count} seeds, ${failed.length} violations, ${JSON.stringify(totals)}, ${seconds()} s`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function keepRepro(repro) {
  mkdirSync(repros, { recursive: true });
  writeFileSync(new URL(`seed-${repro.seed}.json`, repros), `${JSON.stringify(repro)}\n`);
}

function keepSeeds(failed) {
  const before = JSON.parse(readFileSync(kept, "utf8"));
  const seeds = [...new Set([...before.writes, ...failed])].toSorted((a, b) => a - b);
  writeFileSync(kept, `${JSON.stringify({ ...before, writes: seeds })}\n`);
}
