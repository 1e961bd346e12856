// node bench/maintenance/fold.mjs [--size M] [--runs 5]
// A load, and folds of its graph, beside Lance alone writing the same rows from Arrow buffers: rows a second, and how long the event loop was held.
import { createReadStream, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
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

/** Does something, and answers how long it took and the longest turn of the event loop meanwhile, in milliseconds. */
async function timed(body) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const value = await body();
  const ms = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { ms, hold: delay.max / 1e6, value };
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

/** Lance alone: one table of the rows of each of these, in one call, synced as a durable write is. */
async function lanceAlone(tables) {
  const folder = mkdtempSync(join(tmpdir(), "lance-alone-"));
  try {
    return await timed(async () => {
      const connection = await lancedb.connect(folder);
      for (const [k, rows] of tables.entries()) await connection.createTable(`t${k}`, rows);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const file = await open(join(entry.parentPath, entry.name));
        await file.sync();
        await file.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  const load = await timed(() => graph.load(createReadStream(file), { mode: "append" }));
  console.log(`load: ${load.ms.toFixed(0)} ms, longest turn ${load.hold.toFixed(1)} ms`);
  const folds = [];
  const alone = [];
  for (let run = 0; run < runs; run++) {
    await change(graph, run + 1);
    const fold = await timed(() => graph.maintenance.optimize({ full: true }));
    const written = fold.value.types.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    const tables = [await tableOf(folder, "handle"), await tableOf(folder, "src")];
    const held = tables.reduce((sum, { numRows }) => sum + numRows, 0);
    if (held !== written) throw new Error(`the fold says ${written} rows, its tables have ${held}`);
    const lance = await lanceAlone(tables);
    folds.push({ ...fold, rows: written });
    alone.push(lance);
    const rate = (ms) => `${(written / ms / 1000).toFixed(2)} M rows/s`;
    console.log(
      `fold of ${written} rows: ${fold.ms.toFixed(0)} ms, ${rate(fold.ms)}, longest turn ${fold.hold.toFixed(1)} ms | Lance alone: ${lance.ms.toFixed(0)} ms, ${rate(lance.ms)}, longest turn ${lance.hold.toFixed(1)} ms`,
    );
  }
  const p50 = (list, of) => quantiles(list.map(of)).p50;
  console.log(
    `p50: fold ${p50(folds, ({ ms }) => ms).toFixed(0)} ms, longest turn ${p50(folds, ({ hold }) => hold).toFixed(1)} ms; Lance alone ${p50(alone, ({ ms }) => ms).toFixed(0)} ms, ${p50(alone, ({ hold }) => hold).toFixed(1)} ms; ratio ${(p50(folds, ({ ms }) => ms) / p50(alone, ({ ms }) => ms)).toFixed(2)}`,
  );
  const last = await tableOf(folder, "src");
  const [mine, theirs] = [await fingerprintOfGraph(graph), fingerprint(last)];
  if (mine !== theirs) throw new Error(`the table has ${theirs}, the graph ${mine}`);
  console.log(`equal contents: ${mine}`);
  await graph.close();
} finally {
  rmSync(root, { recursive: true });
}
