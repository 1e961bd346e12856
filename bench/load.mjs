// node bench/load.mjs [--sizes S,M,L] [--runs 3] [--rivals sqlite,duckdb] [--keep]
// The load alone, each in a process of its own: time, processor time of all its threads, and peak memory. L takes minutes, and 4 GB on the disk.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startNode } from "./child.mjs";
import { dataFile } from "./generate.mjs";

const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const sizes = option("sizes", "S,M").split(",");
const runs = Number(option("runs", "3"));
const names = ["omnigraph", ...option("rivals", "sqlite,duckdb").split(",").filter(Boolean)];

async function loaded(name, data) {
  const folder = mkdtempSync(join(tmpdir(), "omnigraph-bench-"));
  try {
    const contestant = startNode(name, `contestants/${name}.mjs`);
    const before = await contestant("cpu");
    const ms = await contestant("load", data, folder);
    const after = await contestant("cpu");
    const memory = (await contestant("memory")) / 1e6;
    await contestant("end");
    return { "time, ms": ms, "processor time, ms": after - before, "peak memory, MB": memory };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const report = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0].model,
  cores: cpus().length,
  runs: {},
  sizes: {},
};
for (const size of sizes) {
  const data = await dataFile(join(tmpdir(), "omnigraph-bench-data"), size, "uniform");
  const found = Object.fromEntries(names.map((name) => [name, []]));
  // Turn by turn, so that all meet the same machine.
  for (let run = 0; run < runs; run++) for (const name of names) found[name].push(await loaded(name, data));
  report.runs[size] = runs;
  report.sizes[size] = {};
  for (const what of ["time, ms", "processor time, ms", "peak memory, MB"]) {
    const row = Object.fromEntries(names.map((name) => [name, median(found[name].map((one) => one[what]))]));
    report.sizes[size][what] = row;
    const cells = Object.entries(row).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
    console.log(`${size} ${what}: ${cells.join(" | ")}`);
  }
}
if (process.argv.includes("--keep")) {
  mkdirSync(new URL("results/", import.meta.url), { recursive: true });
  writeFileSync(new URL("results/load.json", import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
}
