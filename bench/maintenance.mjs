// node bench/maintenance.mjs [--commits 10000] [--seconds 60] [--only age,beside]
// What many small commits cost with folds in the background, beside without, relative to a graph that was just loaded with the same rows; and what
// maintenance costs others: four processes write one graph, alone and while a fifth optimizes it all the time.
import { fork } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Omnigraph } from "omnigraph";
import { dataFile, probes, SCHEMA } from "./generate.mjs";
import { quantiles, time } from "./measure.mjs";

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const COMMITS = Number(option("commits", "10000"));
const SECONDS = Number(option("seconds", "60"));
const WRITERS = 4;
const only = option("only", "age,beside").split(",");

const LOOKUP = "query q($h: String) { match { $u: User { handle: $h } } return { $u.age as age } }";
const HOPS =
  "query q($h: String) { match { $a: User { handle: $h } $a follows{1,3} $b } return { count($b) as n } }";
const INSERT =
  'query add($h: String) { insert User { handle: $h, age: 1, score: 1.0, city: "Oslo", joined: date("2020-01-01") } }';
const UPDATE = "query age($h: String, $age: I32) { update User set { age: $age } where handle = $h }";

if (process.send !== undefined) await child();
else await main();

async function main() {
  const root = mkdtempSync(join(tmpdir(), "omnigraph-maintenance-"));
  try {
    if (only.includes("age")) await age(root);
    if (only.includes("beside")) await beside(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The same graph by S and many small commits, with and without maintenance, and loaded at once. */
async function age(root) {
  const file = await dataFile(join(tmpdir(), "omnigraph-bench-data"), "S", "uniform");
  const made = {};
  for (const maintenance of ["background", "off"]) {
    const path = join(root, `${maintenance}.omni`);
    const graph = await Omnigraph.init(path, { schema: SCHEMA, maintenance });
    await graph.load(createReadStream(file), { mode: "append" });
    const began = performance.now();
    for (let n = 0; n < COMMITS; n++) {
      if (n % 2 === 0) await graph.mutate(UPDATE, { h: `u${(n * 37) % 10_000}`, age: n % 90 });
      else await graph.mutate(INSERT, { h: `n${n}` });
    }
    console.log(`${maintenance}: ${COMMITS} commits in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await new Promise((resolve) => setTimeout(resolve, 3000)); // it is left alone, as at night
    await graph.close();
    made[maintenance] = path;
  }
  made.fresh = join(root, "fresh.omni");
  const fresh = await Omnigraph.init(made.fresh, { schema: SCHEMA });
  const old = await Omnigraph.open(made.background, { readOnly: true });
  await fresh.load(old.export(), { mode: "append" });
  const [text, wanted] = [await textOf(fresh), await textOf(old)];
  if (text !== wanted) throw new Error("the graphs do not hold the same");
  await Promise.all([fresh.close(), old.close()]);
  const figures = {};
  for (const name of ["fresh", "background", "off"]) figures[name] = await measured(made[name]);
  for (const what of Object.keys(figures.fresh)) {
    const base = figures.fresh[what].p50;
    const cells = Object.entries(figures).map(
      ([name, of]) => `${name} ${of[what].p50.toPrecision(3)} ms (${(of[what].p50 / base).toFixed(2)}x)`,
    );
    console.log(`${what}: ${cells.join(" | ")}`);
  }
}

async function textOf(graph) {
  let text = "";
  for await (const piece of graph.export({ types: ["User"] })) text += Buffer.from(piece).toString();
  return text.split("\n").toSorted().join("\n");
}

/** Cold open with a look-up in this warm process, then warm reads, then one-row commits. */
async function measured(path) {
  const handles = probes("S", 500);
  const cold = await time(
    async () => {
      const graph = await Omnigraph.open(path, { readOnly: true });
      await graph.query(LOOKUP, { h: handles[0] });
      await graph.close();
    },
    { budgetMs: 2000, warm: 0.2 },
  );
  const graph = await Omnigraph.open(path, { maintenance: "off" });
  const lookup = await graph.prepare(LOOKUP);
  const hops = await graph.prepare(HOPS);
  const warm = { maxStalenessMs: 60_000 };
  const found = {
    "cold open and look-up": cold,
    "key look-up": await time((i) => lookup.run({ h: handles[i % handles.length] }, warm)),
    "3 hops": await time((i) => hops.run({ h: handles[i % handles.length] }, warm)),
    "one-row commit": await time((i) => graph.mutate(INSERT, { h: `t${i}` }), { budgetMs: 1500, most: 1000 }),
  };
  await graph.close();
  return found;
}

/** Four writers alone, then with a maintainer beside them. */
async function beside(root) {
  const path = join(root, "beside.omni");
  const graph = await Omnigraph.init(path, { schema: SCHEMA });
  await graph.load(
    '{"type":"User","data":{"handle":"first","age":1,"score":1,"city":"Oslo","joined":"2020-01-01"}}',
    {
      mode: "append",
    },
  );
  await graph.close();
  const rounds = {};
  for (const round of ["alone", "beside a maintainer", "alone again"]) {
    const roles = Array.from({ length: WRITERS }, (_, n) => `writer-${round}-${n}`.replaceAll(" ", "-"));
    if (round === "beside a maintainer") roles.push("maintainer");
    const answers = await Promise.all(roles.map((role) => run(role, path)));
    const samples = answers.slice(0, WRITERS).flatMap(({ ms }) => ms);
    const sorted = Float64Array.from(samples).sort();
    rounds[round] = { rate: samples.length / SECONDS, p99: sorted[Math.floor(0.99 * sorted.length)] };
    const { p50, p95 } = quantiles(samples);
    const folds = answers[WRITERS]?.folds;
    console.log(
      `${round}: ${rounds[round].rate.toFixed(0)} commits/s, p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)}, p99 ${rounds[round].p99.toFixed(2)}${folds === undefined ? "" : `, ${folds} folds`}`,
    );
  }
  const without = (rounds.alone.rate + rounds["alone again"].rate) / 2;
  const { rate, p99 } = rounds["beside a maintainer"];
  console.log(
    `throughput ${(rate / without).toFixed(2)}x, p99 ${(p99 - Math.max(rounds.alone.p99, rounds["alone again"].p99)).toFixed(2)} ms longer`,
  );
}

function run(role, path) {
  return new Promise((resolve, reject) => {
    const process = fork(fileURLToPath(import.meta.url), [], { stdio: "inherit" });
    process.once("message", resolve);
    process.once("exit", (code) => reject(new Error(`${role} ended with ${code}`)));
    process.send({ role, path, seconds: SECONDS });
  });
}

async function child() {
  const { role, path, seconds } = await new Promise((resolve) => process.once("message", resolve));
  const graph = await Omnigraph.open(path, { maintenance: "off" });
  const until = performance.now() + seconds * 1000;
  const ms = [];
  let folds = 0;
  for (let n = 0; performance.now() < until; n++) {
    if (role === "maintainer") {
      if ((await graph.maintenance.optimize()).commit !== null) folds++;
      continue;
    }
    const began = performance.now();
    await graph.mutate(INSERT, { h: `${role}-${n}` });
    ms.push(performance.now() - began);
  }
  await graph.close();
  process.send(role === "maintainer" ? { folds } : { ms }, () => process.exit(0));
}
