// Runs the protocol simulator over many seeds: npm run simulate -- --seeds 10000 --from 1, with --branches that of branches and merges.
// A seed that shows a violation is kept in tests/simulator/seeds.json, which every test run replays.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createServer, defaultServerConditions } from "vite";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    branches: { type: "boolean", default: false },
  },
});
const from = Number(values.from);
const count = Number(values.seeds);
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1) {
  console.error("usage: npm run simulate -- [--branches] [--seeds <count>] [--from <seed>]");
  process.exit(2);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const conditions = ["omnigraph-source", ...defaultServerConditions.filter((name) => name !== "module")];
const server = await createServer({
  root,
  configFile: false,
  logLevel: "error",
  appType: "custom",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/^@omnigraph\//] },
});
const load = (file) => server.ssrLoadModule(`${root}tests/simulator/${file}`);
const simulation = values.branches ? "branches" : "writes";
const simulate = values.branches
  ? (await load("branch-run.ts")).simulateBranches
  : (await load("run.ts")).simulate;

const kept = new URL("../tests/simulator/seeds.json", import.meta.url);
const totals = {};
const failed = [];
const began = performance.now();
for (let seed = from; seed < from + count; seed++) {
  const outcome = await simulate(seed);
  for (const [name, value] of Object.entries(outcome.totals)) totals[name] = (totals[name] ?? 0) + value;
  if (outcome.violation !== null) {
    failed.push(seed);
    console.error(`seed ${seed}: ${outcome.violation}`);
  }
  if ((seed - from + 1) % 500 === 0) console.error(`${seed - from + 1} seeds, ${failed.length} violations`);
}
if (failed.length > 0) {
  const before = JSON.parse(readFileSync(kept, "utf8"));
  const seeds = [...new Set([...before[simulation], ...failed])].toSorted((a, b) => a - b);
  writeFileSync(kept, `${JSON.stringify({ ...before, [simulation]: seeds })}\n`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`${count} seeds, ${failed.length} violations, ${JSON.stringify(totals)}, ${seconds} s`);
await server.close();
process.exitCode = failed.length > 0 ? 1 : 0;
