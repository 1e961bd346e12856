// node bench/memory.mjs [--sizes M] [--budgets 4GiB,256MiB,32MiB] [--only lookup,hop1]
// The bench's queries with budgets of memory in which the graph fits and does not: processor time of a query, and peak memory of the process, one process a budget.
// L takes minutes, and 2 GB on the disk.
import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Omnigraph } from "../packages/cli/dist/bundle/index.js";
import { dataFile, probes, SCHEMA } from "./generate.mjs";
import { WORKLOADS } from "./workloads.mjs";

const UNITS = { GiB: 2 ** 30, MiB: 2 ** 20 };

/** Bytes of a size such as 256MiB. */
const bytesOf = (size) => Number.parseInt(size, 10) * UNITS[size.slice(-3)];

const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const QUERIES = {
  ...WORKLOADS,
  groups: {
    title: "top 20 of all pairs of followed and city",
    gq: "query q() { match { $a: User $a follows $b } return { $b.handle as handle, $a.city as city, count($a) as n, sum($a.score) as s } order { s desc } limit 20 }",
  },
  sort: {
    title: "100,000 follows by weight",
    gq: "query q() { match { $a: User $a $f:follows $b } return { $a.handle as of, $f.weight as weight } order { $f.weight desc } limit 100000 }",
  },
};

/** Processor time in ms of the median run; the first run, which reads what it needs, is told beside. */
async function timed(run, times) {
  const taken = [];
  for (let i = 0; i <= times; i++) {
    const before = process.cpuUsage();
    await run(i);
    const { user, system } = process.cpuUsage(before);
    taken.push((user + system) / 1000);
  }
  const [first, ...rest] = taken;
  return { first, median: rest.toSorted((a, b) => a - b)[rest.length >> 1] };
}

async function measure(uri, size) {
  const graph = await Omnigraph.open(uri, { readOnly: true });
  const handles = probes(size, 50);
  const options = { maxStalenessMs: 600_000, deadlineMs: 3_600_000 };
  const figures = {};
  const only = option("only", "").split(",").filter(Boolean);
  for (const [name, { gq, keyed }] of Object.entries(QUERIES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const run = (i) => graph.query(gq, keyed ? { h: handles[i % handles.length] } : undefined, options);
    const began = performance.now();
    figures[name] = await timed(run, keyed ? 50 : 3);
    console.error(`${size} ${name}: measured in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  figures["peak memory, MB"] = { median: (process.resourceUsage().maxRSS * 1024) / 1e6 };
  await graph.close();
  process.stdout.write(JSON.stringify(figures));
}

function figuresOf(budget, uri, size) {
  const args = [
    fileURLToPath(import.meta.url),
    "--measure",
    uri,
    "--size",
    size,
    "--only",
    option("only", ""),
  ];
  const env = { ...process.env, OMNIGRAPH_MEMORY: String(bytesOf(budget)) };
  return JSON.parse(execFileSync(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] }));
}

async function compare(size) {
  const data = await dataFile(join(tmpdir(), "omnigraph-bench-data"), size, "uniform");
  const folder = mkdtempSync(join(tmpdir(), "omnigraph-bench-"));
  try {
    const uri = join(folder, "graph.omni");
    const graph = await Omnigraph.init(uri, { schema: SCHEMA });
    const began = performance.now();
    await graph.load(createReadStream(data, { highWaterMark: 1 << 20 }), { mode: "append" });
    await graph.close();
    const peak = (process.resourceUsage().maxRSS * 1024) / 1e6;
    console.error(
      `${size} loaded in ${((performance.now() - began) / 1000).toFixed(1)} s, peak memory ${peak.toFixed(0)} MB`,
    );
    const budgets = option("budgets", "4GiB,256MiB,32MiB").split(",");
    const all = budgets.map((budget) => figuresOf(budget, uri, size));
    for (const name of Object.keys(all[0])) {
      const cells = all.map(({ [name]: { first, median } }, k) => {
        const once = first === undefined ? "" : ` (first ${first.toPrecision(3)})`;
        return `${budgets[k]} ${median.toPrecision(3)}${once}`;
      });
      console.log(`${size} ${name}: ${cells.join(" | ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (option("measure", null) !== null) await measure(option("measure"), option("size"));
else for (const size of option("sizes", "M").split(",")) await compare(size);
