// npm run bench [-- --sizes S,M] [--only lookup,hop1] [--shape uniform|power]
// npm run bench -- --only branches [--branch-workloads create,merge-1-run,memory] [--bases 1000,100000] [--scale 0.25]
// One process a contestant; equal answers are asserted before anything is timed; ratios are against rivals of the same run.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runBranches } from "./branches/run.mjs";
import { startNode } from "./child.mjs";
import { bytesOfValues, dataFile, probes } from "./generate.mjs";
import { quantiles } from "./measure.mjs";
import { WORKLOADS } from "./workloads.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const sizes = option("sizes", "S,M").split(",");
const shape = option("shape", "uniform");
const only = option("only", "")?.split(",").filter(Boolean);
const CONTESTANTS = ["omnigraph", "sqlite", "duckdb", "kuzu", "csr"];
/** Whole-graph workloads of rivals that take minutes at M are left out there. */
const TOO_SLOW = { M: { kuzu: [], sqlite: ["paths"] } };

function assertEqual(workload, answers) {
  const [[first, wanted], ...rest] = Object.entries(answers);
  const shown = (rows) => {
    const lines = rows.map((row) => JSON.stringify(Object.entries(row)));
    return (WORKLOADS[workload].anyOrder ? lines.toSorted() : lines).join();
  };
  for (const [name, answer] of rest) {
    const same = shown(answer) === shown(wanted);
    if (!same)
      throw new Error(
        `${workload}: ${name} answers ${JSON.stringify(answer).slice(0, 400)}, ${first} ${JSON.stringify(wanted).slice(0, 400)}`,
      );
  }
}

async function runSize(size) {
  const data = await dataFile(join(tmpdir(), "omnigraph-bench-data"), size, shape);
  const folder = mkdtempSync(join(tmpdir(), "omnigraph-bench-"));
  const handles = probes(size, 500);
  const figures = {};
  const say = (key, values) => {
    figures[key] = values;
    const cells = Object.entries(values).map(
      ([k, v]) =>
        `${k} ${typeof v === "number" ? v.toPrecision(4) : `${v.p50.toPrecision(3)} (p95 ${v.p95.toPrecision(3)})`}`,
    );
    console.log(`${size} ${key}: ${cells.join(" | ")}`);
  };
  try {
    const contestants = {};
    const loads = {};
    for (const name of CONTESTANTS) {
      contestants[name] = startNode(name, `contestants/${name}.mjs`);
      loads[name] = await contestants[name]("load", data, folder);
    }
    loads.duckdb_keys = await contestants.duckdb("extra", "loadWithKeys", data, folder);
    say("load, ms", loads);
    for (const [workload, { keyed, rivals }] of Object.entries(WORKLOADS)) {
      if (only.length > 0 && !only.includes(workload)) continue;
      const names = ["omnigraph", ...rivals.filter((r) => !(TOO_SLOW[size]?.[r] ?? []).includes(workload))];
      for (const handle of keyed ? handles.slice(0, 20) : [undefined]) {
        const answers = {};
        for (const name of names) answers[name] = await contestants[name]("answer", workload, handle);
        assertEqual(workload, answers);
      }
      const timed = {};
      for (const name of names)
        timed[name] = await contestants[name]("time", workload, keyed ? handles : [undefined]);
      timed["omnigraph again"] = await contestants.omnigraph("time", workload, keyed ? handles : [undefined]);
      say(workload, timed);
    }
    const { omnigraph, sqlite } = contestants;
    say("look-up, head probed", { omnigraph: await omnigraph("extra", "probed", handles) });
    say("look-up, ad hoc text", { omnigraph: await omnigraph("extra", "adhoc", handles) });
    say("cold open and look-up", { omnigraph: await omnigraph("extra", "coldOpen", folder, handles[0]) });
    const { statSync } = await import("node:fs");
    const valueBytes = await bytesOfValues(data);
    const held = await omnigraph("extra", "held", valueBytes);
    say("buffers held", { bytes: held.arrayBuffers, "values in the file": valueBytes, ratio: held.ratio });
    say(
      "peak memory, MB",
      Object.fromEntries(
        await Promise.all(
          Object.entries(contestants).map(async ([n, call]) => [n, (await call("memory")) / 1e6]),
        ),
      ),
    );
    say("disk, bytes", {
      omnigraph: await omnigraph("extra", "diskBytes", folder),
      "data file": statSync(data).size,
    });
    if (size === "S") {
      const depths = {};
      for (const depth of [1, 100, 3000]) {
        const { commit, floor } = await omnigraph("extra", "commits", folder, depth);
        Object.assign(depths, { [`depth ${depth}`]: commit, [`floor beside ${depth}`]: floor });
      }
      say("one-row durable commit", { ...depths, sqlite: await sqlite("extra", "commit", 300) });
    }
    say("command line", commandLine(folder, handles[0]));
    for (const call of Object.values(contestants)) await call("end");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

/** Whole processes: an empty Node, the version, and one look-up. */
function commandLine(folder, handle) {
  const cli = join(here, "../node_modules/.bin/omnigraph");
  const lookup = [
    cli,
    "query",
    "--store",
    join(folder, "graph.omni"),
    "-e",
    WORKLOADS.lookup.gq,
    "--params",
    JSON.stringify({ h: handle }),
    "--json",
  ];
  const commands = {
    "node -e 0": ["-e", "0"],
    "omnigraph version": [cli, "version"],
    "omnigraph query": lookup,
  };
  const samples = Object.fromEntries(Object.keys(commands).map((k) => [k, []]));
  for (let i = 0; i < 21; i++) {
    for (const [name, argv] of Object.entries(commands)) {
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      if (i > 0) samples[name].push(performance.now() - began);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([k, v]) => [k, quantiles(v)]));
}

const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0].model,
  cores: cpus().length,
};

function write(name, report) {
  mkdirSync(join(here, "results"), { recursive: true });
  writeFileSync(join(here, "results", `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}

if (only.length === 0 || only.some((workload) => workload in WORKLOADS)) {
  const report = { ...machine, shape, sizes: {} };
  for (const size of sizes) report.sizes[size] = await runSize(size);
  write(`${shape}-${sizes.join("")}`, report);
}
if (only.length === 0 || only.includes("branches")) {
  const list = (name) => option(name, "").split(",").filter(Boolean);
  const asked = {
    scale: Number(option("scale", "1")),
    chosen: list("branch-workloads"),
    bases: list("bases"),
  };
  const report = await runBranches(asked);
  const isWhole = asked.scale === 1 && asked.chosen.length === 0 && asked.bases.length === 0;
  if (isWhole || process.argv.includes("--keep")) write("branches", { ...machine, isWhole, ...report });
}
