import { createReadStream } from "node:fs";
import { join } from "node:path";
// As it is published: one bundle, which `npm run build` makes.
import { Omnigraph } from "../../packages/cli/dist/bundle/index.js";
import { diskBytes, floorPut, quantiles, time } from "../measure.mjs";
import { SCHEMA } from "../generate.mjs";
import { WORKLOADS } from "../workloads.mjs";
import { serve } from "./serve.mjs";

/** A head that is at most so old is not probed again: what a rival inside one process does anyway. */
const STALENESS = { maxStalenessMs: 60_000 };

/** About what the object of a one-row commit takes. */
const COMMIT_BYTES = 1300;

let graph;
let options = STALENESS;
const prepared = new Map();
const INSERT =
  'query add($h: String) { insert User { handle: $h, age: 1, score: 1.0, city: "Oslo", joined: date("2020-01-01") } }';

async function query(workload) {
  if (!prepared.has(workload)) prepared.set(workload, await graph.prepare(WORKLOADS[workload].gq));
  return prepared.get(workload);
}

serve({
  async load(file, folder) {
    graph = await Omnigraph.init(join(folder, "graph.omni"), { schema: SCHEMA });
    const began = performance.now();
    await graph.load(createReadStream(file, { highWaterMark: 1 << 20 }), { mode: "append" });
    return performance.now() - began;
  },
  async ask(workload, handle) {
    const q = prepared.get(workload) ?? (await query(workload));
    return (await q.run(typeof handle !== "string" ? undefined : { h: handle }, options)).rows;
  },
  extras: {
    /** Prepared look-ups whose head is confirmed by a probe of the log. */
    async probed(handles) {
      const q = await query("lookup");
      return time((i) => q.run({ h: handles[i % handles.length] }));
    },
    /** The query's text given at every call: the compiled plan is found by source and schema. */
    async adhoc(handles) {
      return time((i) => graph.query(WORKLOADS.lookup.gq, { h: handles[i % handles.length] }, STALENESS));
    },
    /** One-row commits on a log of some depth, turn by turn with the floor of the same moment; the code is warm from another graph. */
    async commits(folder, depth) {
      const graphOf = (name) => Omnigraph.init(join(folder, name), { schema: SCHEMA });
      const scratch = await graphOf(`scratch-${depth}.omni`);
      for (let i = 0; i < 1500; i++) await scratch.mutate(INSERT, { h: `s${i}` });
      await scratch.close();
      const log = await graphOf(`log-${depth}.omni`);
      for (let i = 1; i < depth; i++) await log.mutate(INSERT, { h: `old${i}` });
      const put = floorPut(folder, COMMIT_BYTES);
      const commits = [];
      const floors = [];
      for (let i = 0; i < 300; i++) {
        let began = performance.now();
        put();
        floors.push(performance.now() - began);
        began = performance.now();
        await log.mutate(INSERT, { h: `new${i}` });
        commits.push(performance.now() - began);
      }
      await log.close();
      return { commit: quantiles(commits), floor: quantiles(floors) };
    },
    /** A fresh handle in this warm process: open, and answer one look-up. */
    async coldOpen(folder, handle) {
      return time(
        async () => {
          const cold = await Omnigraph.open(join(folder, "graph.omni"), { readOnly: true });
          await cold.query(WORKLOADS.lookup.gq, { h: handle });
          await cold.close();
        },
        { budgetMs: 2000, warm: 0.1 },
      );
    },
    /** Buffers held after every kind of query and a forced collection, beside the bytes of the values themselves. */
    held(valueBytes) {
      globalThis.gc();
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      return { arrayBuffers, heapUsed, ratio: arrayBuffers / valueBytes };
    },
    diskBytes: (folder) => diskBytes(join(folder, "graph.omni")),
  },
  close: () => graph?.close(),
});
