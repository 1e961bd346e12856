// A graph of S and many small commits, with folds in the background and a cleanup, beside the same without any maintenance, and beside a graph
// that was loaded with the same rows at once: what reads and commits take, and bytes on disk.
import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { dataFile, probes, SCHEMA } from "../generate.mjs";
import { diskBytes, time } from "../measure.mjs";

const LOOKUP = "query q($h: String) { match { $u: User { handle: $h } } return { $u.age as age } }";
const HOPS =
  "query q($h: String) { match { $a: User { handle: $h } $a follows{1,3} $b } return { count($b) as n } }";
const INSERT =
  'query add($h: String) { insert User { handle: $h, age: 1, score: 1.0, city: "Oslo", joined: date("2020-01-01") } }';
const UPDATE = "query age($h: String, $age: I32) { update User set { age: $age } where handle = $h }";

export async function age(root, commits) {
  const file = await dataFile(join(tmpdir(), "omnigraph-bench-data"), "S", "uniform");
  const paths = {};
  for (const maintenance of ["background", "off"]) {
    paths[maintenance] = join(root, `${maintenance}.omni`);
    await written(paths[maintenance], file, maintenance, commits);
  }
  paths.fresh = join(root, "fresh.omni");
  await loadedAnew(paths.background, paths.fresh);
  const bytes = {
    fresh: diskBytes(paths.fresh),
    background: diskBytes(paths.background),
    off: diskBytes(paths.off),
  };
  await cleaned(paths.background);
  bytes["background, cleaned up"] = diskBytes(paths.background);
  const figures = {};
  for (const name of ["fresh", "background", "off"]) figures[name] = await measured(paths[name]);
  for (const what of Object.keys(figures.fresh))
    report(
      what,
      Object.entries(figures).map(([name, of]) => [name, of[what].p50]),
      "ms",
    );
  report(
    "disk",
    Object.entries(bytes).map(([name, count]) => [name, count / 1e6]),
    "MB",
  );
}

function report(what, cells, unit) {
  const base = cells[0][1];
  const texts = cells.map(
    ([name, value]) => `${name} ${value.toPrecision(3)} ${unit} (${(value / base).toFixed(2)}x)`,
  );
  console.log(`${what}: ${texts.join(" | ")}`);
}

async function written(path, file, maintenance, commits) {
  const graph = await Omnigraph.init(path, { schema: SCHEMA, maintenance });
  await graph.load(createReadStream(file), { mode: "append" });
  const began = performance.now();
  for (let n = 0; n < commits; n++) {
    if (n % 2 === 0) await graph.mutate(UPDATE, { h: `u${(n * 37) % 10_000}`, age: n % 90 });
    else await graph.mutate(INSERT, { h: `n${n}` });
  }
  console.log(`${maintenance}: ${commits} commits in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  await new Promise((resolve) => setTimeout(resolve, 3000)); // it is left alone, as at night
  await graph.close();
}

/** Loads what a graph holds into a new one, and asserts that both hold the same. */
async function loadedAnew(from, to) {
  const fresh = await Omnigraph.init(to, { schema: SCHEMA });
  const old = await Omnigraph.open(from, { readOnly: true });
  await fresh.load(old.export(), { mode: "append" });
  const [text, wanted] = [await textOf(fresh), await textOf(old)];
  if (text !== wanted) throw new Error("the graphs do not hold the same");
  await Promise.all([fresh.close(), old.close()]);
}

async function textOf(graph) {
  let text = "";
  for await (const piece of graph.export({ types: ["User"] })) text += Buffer.from(piece).toString();
  return text.split("\n").toSorted().join("\n");
}

/** Keeps the newest commit alone; no other process is there to wait for. */
async function cleaned(path) {
  const graph = await Omnigraph.open(path, { maintenance: "off" });
  for (let step = 0; step < 2; step++)
    await graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true });
  await graph.close();
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
