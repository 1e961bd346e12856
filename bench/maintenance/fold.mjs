// node bench/maintenance/fold.mjs [--size M] [--runs 5] [--save]
// A load, and folds of its graph, beside Lance alone writing the same rows from Arrow buffers, and the indexes that optimize builds afterwards beside the same
// ones by Lance alone: time, processor time, and how long the event loop was held. --save: for docs/performance.md.
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Omnigraph } from "omnigraph";
import { dataFile, SCHEMA } from "../generate.mjs";
import { quantiles } from "../measure.mjs";

const require = createRequire(new URL("../../packages/storage/src/index.ts", import.meta.url));
const lancedb = require("@lancedb/lancedb");
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const size = option("size", "M");
const runs = Number(option("runs", "5"));

/** Measures phases that follow each other: of each how long it took, its processor time in all threads, and the longest turn of the event loop, in milliseconds. */
class Watch {
  #delay = monitorEventLoopDelay({ resolution: 1 });
  #began = performance.now();
  #cpu = process.cpuUsage();

  constructor() {
    this.#delay.enable();
  }

  lap() {
    const ms = performance.now() - this.#began;
    const { user, system } = process.cpuUsage(this.#cpu);
    const hold = this.#delay.max / 1e6;
    this.#delay.reset();
    this.#began = performance.now();
    this.#cpu = process.cpuUsage();
    return { ms, cpu: (user + system) / 1000, hold };
  }

  /** The last lap, once the turn that it ended in has been seen too. */
  async end() {
    const { ms, cpu, hold } = this.lap();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const last = this.lap().hold;
    this.#delay.disable();
    return { ms, cpu, hold: Math.max(hold, last) };
  }
}

function shown({ ms, cpu, hold }) {
  return `${ms.toFixed(0)} ms, ${cpu.toFixed(0)} of processor time, longest turn ${hold.toFixed(1)} ms`;
}

/** Changes 1,000 users and adds 1,000 edges, so that a fold has to merge. */
async function change(graph, round) {
  let lines = "";
  for (let i = 0; i < 1000; i++) {
    const user = (i * 97 + round * 13) % 10_000;
    lines += `{"type":"User","data":{"handle":"u${user}","age":${round},"score":1.5,"city":"Oslo","joined":"2020-01-01"}}\n`;
    lines += `{"edge":"Follows","from":"u${user}","to":"u${i}","data":{"weight":${round}}}\n`;
  }
  await graph.load(lines, { mode: "merge" });
}

/** The one table of a type of a graph, as Arrow; `names` are its columns. */
async function tableOf(folder, has) {
  const found = [];
  for (const staging of readdirSync(join(folder, "tables"))) {
    const at = join(folder, "tables", staging);
    const names = readdirSync(at).filter((name) => name.endsWith(".lance"));
    const connection = await lancedb.connect(at);
    for (const name of names) {
      const table = await connection.openTable(name.slice(0, -".lance".length));
      const { fields } = await table.schema();
      if (fields.some((field) => field.name === has)) found.push({ staging, table });
    }
  }
  const newest = found.toSorted((a, b) => (a.staging < b.staging ? 1 : -1))[0];
  return newest.table.query().toArrow({ maxBatchLength: 65_536 });
}

async function syncAll(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = await open(join(entry.parentPath, entry.name));
    await file.sync();
    await file.close();
  }
}

/** Lance alone: one table of the rows of each of these, in one call, synced as a durable write is; and then the indexes that `optimize` builds. */
async function lanceAlone(tables, indexed) {
  const folder = mkdtempSync(join(tmpdir(), "lance-alone-"));
  try {
    const watch = new Watch();
    const connection = await lancedb.connect(folder);
    const made = [];
    for (const [k, rows] of tables.entries()) made.push(await connection.createTable(`t${k}`, rows));
    await syncAll(folder);
    const rows = watch.lap();
    for (const [k, table] of made.entries())
      for (const name of indexed[k]) await table.createIndex(name, { config: lancedb.Index.btree() });
    await syncAll(folder);
    return { rows, indexes: await watch.end() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Folds a graph, and then builds the indexes of its tables: the two parts of `optimize`. */
async function optimized(graph) {
  const watch = new Watch();
  let rows = null;
  const { types } = await graph.maintenance.optimize({
    full: true,
    onProgress: ({ phase }) => {
      if (phase === "index") rows ??= watch.lap();
    },
  });
  const indexes = await watch.end();
  return { rows: rows ?? indexes, indexes, types };
}

/** A number that is the same for the same rows in any order. */
function fingerprint(table) {
  let sum = 0n;
  for (const row of table) {
    let hash = 7n;
    for (const character of JSON.stringify([row.src, row.dst, row.weight]))
      hash = (hash * 31n + BigInt(character.codePointAt(0))) % (1n << 61n);
    sum = (sum + hash) % (1n << 61n);
  }
  return `${table.numRows} rows, ${sum}`;
}

async function fingerprintOfGraph(graph) {
  const rows = [];
  const { rows: found } = await graph.query(
    "query q() { match { $a: User $a $e: follows $b } return { $a.handle as src, $b.handle as dst, $e.weight as weight } }",
  );
  for (const row of found) rows.push(row);
  rows.numRows = rows.length;
  return fingerprint(rows);
}

const file = await dataFile(join(tmpdir(), "omnigraph-bench-data"), size, "uniform");
const root = mkdtempSync(join(tmpdir(), "omnigraph-fold-"));
try {
  const folder = join(root, "graph.omni");
  const warm = await Omnigraph.init(join(root, "warm.omni"), { schema: SCHEMA, inlineRows: 10 });
  await change(warm, 0).catch(() => undefined); // loads Lance, which takes 0.1 s in a process that has not used it
  await warm.close();
  const graph = await Omnigraph.init(folder, { schema: SCHEMA });
  const loading = new Watch();
  await graph.load(createReadStream(file), { mode: "append" });
  console.log(`load: ${shown(await loading.end())}`);
  const folds = [];
  const alone = [];
  let written = 0;
  for (let run = 0; run < runs; run++) {
    await change(graph, run + 1);
    const { types, ...fold } = await optimized(graph);
    written = types.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    const tables = [await tableOf(folder, "handle"), await tableOf(folder, "src")];
    const held = tables.reduce((sum, { numRows }) => sum + numRows, 0);
    if (held !== written) throw new Error(`the fold says ${written} rows, its tables have ${held}`);
    const indexed = ["User", "Follows"].map(
      (name) => types.find(({ typeName }) => typeName === name).indexesBuilt,
    );
    const lance = await lanceAlone(tables, indexed);
    folds.push(fold);
    alone.push(lance);
    console.log(`fold of ${written} rows: ${shown(fold.rows)} | Lance alone: ${shown(lance.rows)}`);
    console.log(`  its indexes: ${shown(fold.indexes)} | Lance alone: ${shown(lance.indexes)}`);
  }
  const p50 = (list, part) =>
    Object.fromEntries(
      ["ms", "cpu", "hold"].map((of) => [of, quantiles(list.map((run) => run[part][of])).p50]),
    );
  const figures = Object.fromEntries(
    ["rows", "indexes"].map((part) => [part, { fold: p50(folds, part), lance: p50(alone, part) }]),
  );
  const { fold, lance } = figures.rows;
  console.log(
    `p50: fold ${shown(fold)}; Lance alone ${shown(lance)}; ratio ${(fold.ms / lance.ms).toFixed(2)}, of processor time ${(fold.cpu / lance.cpu).toFixed(2)}`,
  );
  const last = await tableOf(folder, "src");
  const [mine, theirs] = [await fingerprintOfGraph(graph), fingerprint(last)];
  if (mine !== theirs) throw new Error(`the table has ${theirs}, the graph ${mine}`);
  console.log(`equal contents: ${mine}`);
  await graph.close();
  if (process.argv.includes("--save")) {
    const [{ model }] = cpus();
    const facts = {
      date: new Date().toISOString(),
      node: process.version,
      cpu: model,
      cores: cpus().length,
      size,
    };
    const text = JSON.stringify({ ...facts, rows: written, figures }, null, 2);
    writeFileSync(new URL("../results/fold.json", import.meta.url), `${text}\n`);
  }
} finally {
  rmSync(root, { recursive: true });
}
